import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps texts so that the database alone does not give them away. */
export interface Seal {
  close(text: string): string;
  open(sealed: string): string;
  /** Hexadecimal digits that look random and are always the same for the same text. */
  mark(text: string): string;
}

/** The key lies beside the database in a file of its own, which only its owner may read; made once. */
export const openSeal = (dataDir: string): Seal => {
  const file = join(dataDir, 'cognito.key');
  if (!existsSync(file)) {
    // renamed into place, so that a kill in between leaves no half key
    writeFileSync(`${file}.new`, randomBytes(32), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const key = readFileSync(file);
  return {
    mark: (text) => createHmac('sha256', key).update(text).digest('hex'),
    close: (text) => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
    },
  };
};
