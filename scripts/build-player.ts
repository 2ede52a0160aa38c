import { createHash } from 'node:crypto';
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { InlineConfig, Rolldown } from 'vite';

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);
const BROTLI_OPTIONS = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};

const ROOT = join(import.meta.dirname, '..');
const PLAYER = join(ROOT, 'player');
const DIST = join(PLAYER, 'dist');
/** Holds the fingerprint of what dist was built from. */
const STAMP = join(DIST, '.stamp');

type BuiltFile = Rolldown.OutputAsset | Rolldown.OutputChunk;

/**
 * Builds `player/dist`: the pages with their hashed `assets/`, and the web component by itself, as a module (`player.js`) and as a script
 * that needs no module (`player.iife.js`), each in one file. Beside each text lie its compressed copies, `.br` and `.gz`.
 *
 * @param options.force - Builds even when nothing changed.
 * @returns Whether it built; false when dist already is of these sources, these packages and this script.
 */
export async function buildPlayer({ force = false }: { force?: boolean } = {}): Promise<boolean> {
  const fingerprint = await fingerprintOfSources();
  if (!force && (await builtFingerprint()) === fingerprint) {
    return false;
  }
  const files = await bundle();
  // Assets before the pages that name them, so that a server already running never serves a page without its script.
  const built = (await Promise.all(files.toSorted((a, b) => rank(a) - rank(b)).map(withCopies))).flat();
  for (const [name, bytes] of built) {
    await replaceFile(join(DIST, name), bytes);
  }
  await removeStaleAssets(new Set(built.map(([name]) => name)));
  await replaceFile(STAMP, fingerprint);
  return true;
}

async function bundle(): Promise<readonly BuiltFile[]> {
  // Loading vite takes longer than finding out that there is nothing to do.
  const { build } = await import('vite');
  const configs = [pagesConfig(), componentConfig('es'), componentConfig('iife')];
  const files: BuiltFile[] = [];
  for (const config of configs) {
    files.push(...filesOf(await build(config)));
  }
  return files;
}

const SHARED = {
  root: PLAYER,
  configFile: false,
  logLevel: 'warn',
  publicDir: false,
} as const;
/** A slow machine is no fault of the build. */
const CHECKS = { pluginTimings: false };

/** hls.js in full is that large, in kB, and nothing can do without it. */
const LARGEST_CHUNK = 900;

function pagesConfig(): InlineConfig {
  return {
    ...SHARED,
    build: {
      write: false,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: LARGEST_CHUNK,
      rolldownOptions: {
        checks: CHECKS,
        input: {
          index: join(PLAYER, 'index.html'),
          embed: join(PLAYER, 'embed.html'),
          dashboard: join(PLAYER, 'dashboard.html'),
        },
        output: {
          entryFileNames: 'assets/[name]-[hash].js',
          chunkFileNames: 'assets/[name]-[hash].js',
          assetFileNames: 'assets/[name]-[hash][extname]',
          // By far the largest part, and the one that changes least: browsers keep it.
          codeSplitting: { groups: [{ name: 'hls', test: /node_modules[\\/]hls\.js/ }] },
        },
      },
    },
  };
}

function componentConfig(format: 'es' | 'iife'): InlineConfig {
  return {
    ...SHARED,
    // A script that is no module learns from the document where it comes from.
    define: format === 'iife' ? { 'import.meta.url': '""' } : {},
    build: {
      write: false,
      target: 'es2022',
      chunkSizeWarningLimit: LARGEST_CHUNK,
      lib: {
        entry: join(PLAYER, 'src/element/index.ts'),
        name: 'Throughline',
        formats: [format],
        fileName: () => (format === 'es' ? 'player.js' : 'player.iife.js'),
      },
      rolldownOptions: { checks: CHECKS, output: { minify: true } },
    },
  };
}

function filesOf(result: Awaited<ReturnType<typeof import('vite').build>>): readonly BuiltFile[] {
  if ('on' in result) {
    throw new Error('vite answered a watcher instead of a bundle');
  }
  const outputs = Array.isArray(result) ? result : [result];
  return outputs.flatMap(({ output }) => output);
}

async function fingerprintOfSources(): Promise<string> {
  const sources = await Array.fromAsync(glob('{*.html,src/**/*.{ts,css,svg}}', { cwd: PLAYER }));
  const paths = sources
    .filter((path) => !path.endsWith('.test.ts'))
    .toSorted()
    .map((path) => join(PLAYER, path));
  const packages = ['hls.js', 'media-chrome', 'uplot', 'vite'].map((name) =>
    join(ROOT, 'node_modules', name, 'package.json'),
  );
  const hash = createHash('sha256');
  for (const path of [import.meta.filename, ...packages, ...paths]) {
    hash
      .update(path)
      .update('\0')
      .update(await readFile(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Undefined when there is no complete build. */
async function builtFingerprint(): Promise<string | undefined> {
  try {
    return await readFile(STAMP, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Assets, then the module others load, then pages. */
function rank({ fileName }: BuiltFile): number {
  if (fileName.startsWith('assets/')) {
    return 0;
  }
  return fileName.endsWith('.js') ? 1 : 2;
}

/** Below this, headers weigh more than what compression saves. */
const COMPRESS_BYTES = 1024;
const COMPRESSED = /\.(?:js|css|svg|html)$/;

/** A file and, where they pay, its compressed copies: before it, so that whoever finds it finds them. */
async function withCopies(file: BuiltFile): Promise<readonly (readonly [name: string, bytes: Buffer])[]> {
  const bytes = Buffer.from(file.type === 'asset' ? file.source : file.code);
  const { fileName } = file;
  if (!COMPRESSED.test(fileName) || bytes.length < COMPRESS_BYTES) {
    return [[fileName, bytes]];
  }
  const [br, gz] = await Promise.all([compressBrotli(bytes, BROTLI_OPTIONS), compressGzip(bytes, { level: 9 })]);
  return [
    [`${fileName}.br`, br],
    [`${fileName}.gz`, gz],
    [fileName, bytes],
  ];
}

/** Never leaves half a file for somebody who reads at the same time. */
async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(temporary, content);
  await rename(temporary, path);
}

async function removeStaleAssets(keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(join(DIST, 'assets'))) {
    if (!keep.has(`assets/${name}`) && !name.endsWith('.tmp')) {
      await rm(join(DIST, 'assets', name), { force: true });
    }
  }
}

if (import.meta.main) {
  const startMs = performance.now();
  const built = await buildPlayer({ force: process.argv.includes('--force') });
  const tookMs = Math.round(performance.now() - startMs);
  process.stdout.write(built ? `player/dist built in ${tookMs} ms\n` : `player/dist is up to date (${tookMs} ms)\n`);
}
