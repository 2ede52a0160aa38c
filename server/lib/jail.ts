import { readlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { OwnedProcess, type ProcessOptions } from './owned-process.ts';

/** What a program that reads foreign media is let near, and how much it may take. */
export type JailRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Its directory: all it finds there it may read, and write nothing. */
  readonly cwd?: string;
  /** Further files it may read, by absolute paths. */
  readonly files?: readonly string[];
};

/** `bwrap`: no network, and no file but its own; `unshare`: no network; `none`: as any other program. */
export type JailKind = 'bwrap' | 'unshare' | 'none';

/** Memory for data (RLIMIT_DATA): a film of 4096 x 2304 takes half. */
const DATA_BYTES = 3 * 2 ** 30;
const MAX_FILES = 64;
const LIMITS = ['prlimit', `--data=${DATA_BYTES}`, `--nofile=${MAX_FILES}`, '--fsize=0', '--core=0', '--'];
const TRIAL_LIMIT_MS = 5_000;
/** What programs are started from. Where these are links into /usr, they are links in there, too. */
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib64'];
/** What the loader reads, and where Debian's alternatives lead. */
const SYSTEM_FILES = ['/etc/ld.so.cache', '/etc/alternatives'];

/** What gives graphics cards to a program, where they are used. */
const DEVICES = ['--dev-bind', '/dev', '/dev', '--ro-bind', '/proc', '/proc', '--ro-bind', '/sys', '/sys'];

export type JailOptions = {
  /** The program that is to be kept in, to try it with: with one option it says its version. */
  readonly command: string;
  /** It needs the machine's devices: NVENC. */
  readonly devices: boolean;
};

/**
 * Where programs run that read what strangers send. A demuxer that can be talked into anything finds nothing there: neither a network
 * nor a file but its own; nor does it write files, nor take all memory. It is as tight as the system lets it be, which is tried.
 */
export class Jail {
  readonly kind: JailKind;
  readonly #wall: readonly string[];
  readonly #hasLimits: boolean;

  private constructor(kind: JailKind, wall: readonly string[], hasLimits: boolean) {
    this.kind = kind;
    this.#wall = wall;
    this.#hasLimits = hasLimits;
  }

  /** No walls at all, for what reads nothing foreign, and for tests. */
  static readonly OPEN = new Jail('none', [], false);

  /** The tightest that works here, tried with the program itself, as it will be started. */
  static async build(options: JailOptions): Promise<Jail> {
    const walls: readonly (readonly [JailKind, readonly string[]])[] = [
      ['bwrap', await bubblewrap(options)],
      ['unshare', ['unshare', '--net', '--']],
      // Who is not root may still have a user namespace.
      ['unshare', ['unshare', '--user', '--map-current-user', '--net', '--']],
      ['none', []],
    ];
    for (const hasLimits of [true, false]) {
      for (const [kind, wall] of walls) {
        const jail = new Jail(kind, wall, hasLimits);
        if (await runs(jail.start({ command: options.command, args: ['-version'] }))) return jail;
      }
    }
    return Jail.OPEN;
  }

  /** In words, for the log. */
  get description(): string {
    const wall = {
      bwrap: 'without a network, and without any file but its own (bwrap)',
      unshare: 'without a network (unshare); with bubblewrap installed it could read no file but its own, either',
      none: 'with the rights of this server: install bubblewrap to keep it in',
    }[this.kind];
    return this.#hasLimits ? wall : `${wall}; without limits of memory (prlimit is missing)`;
  }

  /** How to start it. */
  start({ command, args, cwd, files = [] }: JailRequest): ProcessOptions {
    const own = [cwd, ...files].filter((path) => path !== undefined).flatMap((path) => ['--ro-bind', path, path]);
    const inside = this.kind === 'bwrap' ? [...own, ...(cwd === undefined ? [] : ['--chdir', cwd]), '--'] : [];
    const [first = command, ...rest] = [
      ...(this.#hasLimits ? LIMITS : []),
      ...[...this.#wall, ...inside],
      ...[command, ...args],
    ];
    return { command: first, args: rest, title: command, ...(cwd !== undefined && { cwd }) };
  }
}

/** What keeps a program in, up to the paths that are its own. */
async function bubblewrap({ command, devices }: JailOptions): Promise<string[]> {
  const folders = await Promise.all(
    SYSTEM_FOLDERS.map(async (folder) => {
      const target = await readlink(folder).catch(() => undefined);
      return target === undefined ? ['--ro-bind-try', folder, folder] : ['--symlink', target, folder];
    }),
  );
  const elsewhere = isAbsolute(command) && !command.startsWith('/usr/') ? dirname(command) : undefined;
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--cap-drop', 'ALL', '--ro-bind', '/usr', '/usr'],
    ...folders.flat(),
    ...SYSTEM_FILES.flatMap((path) => ['--ro-bind-try', path, path]),
    ...(elsewhere === undefined ? [] : ['--ro-bind', elsewhere, elsewhere]),
    ...(devices ? DEVICES : ['--dev', '/dev']),
  ];
}

async function runs(program: ProcessOptions): Promise<boolean> {
  const child = new OwnedProcess(program);
  child.readable(1).resume();
  child.watch(TRIAL_LIMIT_MS);
  return await child.done.then(
    () => true,
    () => false,
  );
}
