import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Where a bundle needs more than its code (OCR data, fonts): paths of packages to copy beside it. */
interface Extras {
  readonly [from: string]: string;
}

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const functionsDir = import.meta.dirname;

/** Every `api.ts` and `on-*.ts` of a context, and the relay: each becomes `dist/<context>/<entry>/index.mjs`. */
export const entries = (): readonly { name: string; file: string }[] => {
  const found = readdirSync(functionsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['runtime', 'edge'].includes(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(functionsDir, name))
        .filter((file) => file === 'api.ts' || (/^on-.*\.ts$/.test(file) && !file.endsWith('.test.ts')))
        .map((file) => ({ name: `${name}/${file.slice(0, -3)}`, file: join(functionsDir, name, file) })),
    );
  return [...found, { name: 'runtime/relay', file: join(functionsDir, 'runtime/relay.ts') }];
};

/** One esbuild call for all functions. `mainFields` takes the ESM of each library, which is a fifth smaller. */
export const buildFunctions = async (): Promise<Record<string, number>> => {
  rmSync(dist, { recursive: true, force: true });
  const all = entries();
  const result = await build({
    entryPoints: Object.fromEntries(all.map(({ name, file }) => [`${name}/index`, file])),
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    minify: true,
    keepNames: true,
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    // native code and wasm are shipped as files beside the bundle
    external: ['@napi-rs/canvas', 'pdfjs-dist', 'tesseract.js-core'],
    metafile: true,
    logLevel: 'warning',
  });
  for (const { name, file } of all) {
    const extras = join(file, '..', 'bundle-extras.json');
    if (!existsSync(extras)) continue;
    const { default: wanted } = (await import(extras, { with: { type: 'json' } })) as {
      default: Record<string, Extras>;
    };
    for (const [from, to] of Object.entries(wanted[name.split('/')[1] as string] ?? {})) {
      mkdirSync(join(dist, name, to, '..'), { recursive: true });
      cpSync(join(root, from), join(dist, name, to), { recursive: true, dereference: true });
    }
  }
  return Object.fromEntries(
    Object.entries(result.metafile.outputs).map(([path, { bytes }]) => [path.replace(/^.*?dist\//, ''), bytes]),
  );
};

if (process.argv[1] === import.meta.filename) {
  const sizes = await buildFunctions();
  for (const [path, bytes] of Object.entries(sizes))
    console.log(`${(bytes / 1024).toFixed(0).padStart(6)} kB  ${path}`);
}
