import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** One import or re-export of a source file. */
export type SourceImport = {
  /** Path from the project's root of what is imported, with `/`; a bare name (`node:fs`, `express`) stays as it is. */
  readonly target: string;
  /** True for `import type` and `export type`: nothing is left of it at runtime. */
  readonly isTypeOnly: boolean;
};

/** Source text by path from the project's root, with `/`. */
export type SourceTree = ReadonlyMap<string, string>;

// Quoted text first, so that a `/*` in a route or a `//` in an address begins no comment.
const QUOTED_OR_COMMENT = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/.*$/gm;
const STATIC_IMPORT = /^[ \t]*(?:import|export)\s+(type\s+(?!from\b))?(?:[\w$*\s{},]+?\bfrom\s*)?['"]([^'"\n]+)['"]/gm;
const DYNAMIC_IMPORT = /\bimport\s*\(\s*(?:['"]([^'"\n]+)['"]|([^)]*))/g;

/** Reads the source files (`.ts`, `.mjs`) below some folders of a project. */
export async function readSources(root: string, folders: readonly string[]): Promise<SourceTree> {
  const listings = await Promise.all(
    folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })),
  );
  const paths = listings
    .flat()
    .filter((entry) => entry.isFile() && /\.(ts|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/dist/'));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), 'utf8')] as const)),
  );
}

function resolveTarget(from: string, specifier: string): string {
  return specifier.startsWith('.') ? join(dirname(from), specifier).split(sep).join('/') : specifier;
}

/** All imports of a file: static, dynamic, for their effect, re-exports. `import { type A }` counts as one at runtime. */
export function importsOf(path: string, source: string): SourceImport[] {
  const text = source.replace(QUOTED_OR_COMMENT, (_, quoted?: string) => quoted ?? '');
  const found = [...text.matchAll(STATIC_IMPORT)].map(([, type, specifier = '']) => ({
    target: resolveTarget(path, specifier),
    isTypeOnly: type !== undefined,
  }));
  const dynamic = [...text.matchAll(DYNAMIC_IMPORT)].map(([, specifier, expression]) => ({
    target: specifier === undefined ? `(${expression})` : resolveTarget(path, specifier),
    isTypeOnly: false,
  }));
  return [...found, ...dynamic];
}

/** Chains of files that import each other at runtime, each named once, as `a.ts > b.ts > a.ts`. */
export function importCycles(tree: SourceTree): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' > '));
    if (start >= 0 || finished.has(path)) return;
    for (const { target, isTypeOnly } of importsOf(path, tree.get(path) ?? '')) {
      if (!isTypeOnly && tree.has(target)) visit(target, [...trail, path]);
    }
    finished.add(path);
  };
  for (const path of tree.keys()) visit(path, []);
  return cycles;
}
