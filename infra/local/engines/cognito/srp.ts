import { constants, createHash, createHmac, createPublicKey, hkdfSync, publicEncrypt, randomBytes } from 'node:crypto';

/** Prime of 3,072 bits. Source: RFC 3526 §4, the group that Amazon Cognito uses with generator 2. */
const primeHex =
  'FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B' +
  '302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6' +
  '49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D' +
  '670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718' +
  '3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D' +
  'B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C' +
  'BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF';
const prime = BigInt(`0x${primeHex}`);
const generator = 2n;

/** What is kept of a password: it proves the password and does not hold it. */
export interface Verifier {
  readonly salt: string;
  readonly verifier: string;
}

/** The server's half of one exchange; hexadecimal numbers. */
export interface Exchange {
  readonly clientPublic: string;
  readonly serverSecret: string;
  readonly serverPublic: string;
}

export interface Claim {
  readonly pool: string;
  readonly username: string;
  readonly secretBlock: string;
  readonly timestamp: string;
}

/** The part of a pool's id that goes into its users' proofs. */
export const poolName = (poolId: string): string => poolId.slice(poolId.indexOf('_') + 1);

/** Makes the verifier of a password, with a new salt unless one is given. */
export const makeVerifier = (
  { pool, username }: Pick<Claim, 'pool' | 'username'>,
  password: string,
  salt = paddedHex(BigInt(`0x${randomBytes(16).toString('hex')}`)),
): Verifier => {
  const identity = createHash('sha256')
    .update(`${poolName(pool)}${username}:${password}`)
    .digest('hex');
  const exponent = BigInt(`0x${hashHex(salt + identity)}`);
  return { salt, verifier: power(generator, exponent).toString(16) };
};

/** A salt and verifier that no password fits, for a name without a user; the salt stays the same for the same `seed`. */
export const decoyVerifier = (seed: string): Verifier => ({
  salt: paddedHex(BigInt(`0x${seed.slice(0, 32)}`)),
  verifier: decoy,
});

/** Begins an exchange; `undefined` when the client's number is one that would give the secret away. */
export const beginExchange = (clientPublic: string, { verifier }: Verifier): Exchange | undefined => {
  if (!/^[0-9a-fA-F]{1,800}$/.test(clientPublic)) return undefined;
  const client = BigInt(`0x${clientPublic}`) % prime;
  if (client <= 1n || client === prime - 1n) return undefined;
  const serverSecret = randomBytes(32).toString('hex');
  const multiplier = BigInt(`0x${hashHex(`${paddedHex(prime)}02`)}`);
  const serverPublic = (multiplier * BigInt(`0x${verifier}`) + power(generator, BigInt(`0x${serverSecret}`))) % prime;
  return { clientPublic, serverSecret, serverPublic: serverPublic.toString(16) };
};

/** The signature that only a client with the password can give, in Base64. */
export const expectedSignature = (exchange: Exchange, { verifier }: Verifier, claim: Claim): string => {
  const client = BigInt(`0x${exchange.clientPublic}`);
  const scramble = paddedHex(
    BigInt(`0x${hashHex(paddedHex(client) + paddedHex(BigInt(`0x${exchange.serverPublic}`)))}`),
  );
  const base = (client * power(BigInt(`0x${verifier}`), BigInt(`0x${scramble}`))) % prime;
  const shared = paddedHex(power(base, BigInt(`0x${exchange.serverSecret}`)));
  const [secret, salt] = [Buffer.from(shared, 'hex'), Buffer.from(scramble, 'hex')];
  const key = hkdfSync('sha256', secret, salt, 'Caldera Derived Key', 16);
  return createHmac('sha256', Buffer.from(key))
    .update(`${poolName(claim.pool)}${claim.username}`)
    .update(Buffer.from(claim.secretBlock, 'base64'))
    .update(claim.timestamp)
    .digest('base64');
};

const hashHex = (hex: string): string => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

/** Whole bytes, with a zero byte in front when the highest bit is set. */
const paddedHex = (value: bigint): string => {
  const digits = evenHex(value);
  return /^[89a-f]/.test(digits) ? `00${digits}` : digits;
};

const evenHex = (value: bigint): string => {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
};

/**
 * Base to the exponent, modulo the prime, by OpenSSL: a bare RSA operation is just that, five times as fast as BigInt.
 * (Its Diffie-Hellman does the same but first spends seconds to prove the prime.)
 */
const power = (base: bigint, exponent: bigint): bigint => {
  const jwk = { kty: 'RSA', n: modulus, e: Buffer.from(evenHex(exponent), 'hex').toString('base64url') };
  const key = createPublicKey({ format: 'jwk', key: jwk });
  const message = Buffer.from(base.toString(16).padStart(primeHex.length, '0'), 'hex');
  return BigInt(`0x${publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, message).toString('hex')}`);
};

const modulus = Buffer.from(primeHex, 'hex').toString('base64url');

const decoy = power(generator, BigInt(`0x${randomBytes(32).toString('hex')}`)).toString(16);
