import { join } from 'node:path';

/**
 * One script of a TypeScript module and all it imports, for a page.
 *
 * @param entry - Path from this benchmark's folder.
 */
export async function bundle(entry: string): Promise<string> {
  // Loading vite takes longer than most of what else a run starts with.
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: join(import.meta.dirname, '..', entry), output: { format: 'iife' } },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunks = outputs.flatMap((output) => ('output' in output ? output.output : []));
  const [chunk] = chunks.filter((file) => file.type === 'chunk');
  if (chunk === undefined || chunks.length !== 1) throw new Error(`${entry} did not become one script`);
  return chunk.code;
}
