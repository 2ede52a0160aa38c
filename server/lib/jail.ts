import { readlink } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { OwnedProcess, type ProcessOptions } from './owned-process.ts';

/** A program that reads foreign media, and the files it needs for that. */
export type JailRequest = {
  readonly command: string;
  readonly args: readonly string[];
  /** Working directory; the program may read everything in it. */
  readonly cwd?: string;
  /** Further files it may read, by absolute paths. */
  readonly files?: readonly string[];
  /** Memory for data that it may take (RLIMIT_DATA), in bytes; default: `DATA_BYTES`. */
  readonly memoryBytes?: number;
  /** Processor time that it may take (RLIMIT_CPU), in seconds: other than real time, it does not pass faster on a busy machine. */
  readonly cpuSeconds?: number;
};

/**
 * What keeps the program in: `bwrap` leaves it no network, no file but those of the request, and nothing it could write to;
 * `unshare` leaves it no network; `none` leaves it the rights of this server.
 */
export type JailKind = 'bwrap' | 'unshare' | 'none';

/** Memory for data (RLIMIT_DATA): a film of 4096 x 2304 takes half. */
const DATA_BYTES = 3 * 2 ** 30;
/** The same for sound alone: nothing of it is large. */
export const SOUND_DATA_BYTES = 2 ** 29;
const MAX_FILES = 64;
/** After SIGXCPU, before SIGKILL. */
const CPU_GRACE_SECONDS = 1;
// A limit that was lower already can't be set by a program that is not root, and stays.
const atMost = (option: string, limit: number) =>
  `{ ulimit ${option} ${limit} || [ "$(ulimit ${option})" -le ${limit} ]; }`;
/**
 * Starts a program with limits, which POSIX shells set without a further program: no byte into a file (a write is refused: EFBIG, or
 * SIGXFSZ, which ends the program), no core dump, so many open files, so much memory (`ulimit -d` counts KiB), so much time.
 */
const limits = (dataBytes: number, cpuSeconds: number | undefined): string[] => {
  const all = [atMost('-f', 0), atMost('-c', 0), atMost('-n', MAX_FILES), atMost('-d', Math.floor(dataBytes / 1024))];
  if (cpuSeconds !== undefined) all.push(atMost('-S -t', cpuSeconds), atMost('-H -t', cpuSeconds + CPU_GRACE_SECONDS));
  return ['sh', '-c', `{ ${all.join(' && ')}; } 2>/dev/null && exec "$@"`, 'sh'];
};
/** On a machine under load a program takes seconds to start; giving up sooner would leave its jail weaker until the next start. */
const TRIAL_LIMIT_MS = 20_000;
/** All limits are tried. */
const TRIAL_CPU_SECONDS = 20;
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
 * Starts programs that read media of strangers, so that a demuxer that can be talked into anything gains little: a wall as tight as
 * this system allows (`kind`), and limits of memory, open files and written bytes (`hasLimits`).
 */
export class Jail {
  readonly kind: JailKind;
  /** With limits a program writes no byte into any file, opens 64 files at most and takes 3 GiB of memory at most. */
  readonly hasLimits: boolean;
  readonly #wall: readonly string[];

  private constructor(kind: JailKind, wall: readonly string[], hasLimits: boolean) {
    this.kind = kind;
    this.#wall = wall;
    this.hasLimits = hasLimits;
  }

  /** No walls at all, for what reads nothing foreign, and for tests. */
  static readonly OPEN = new Jail('none', [], false);

  /** The tightest jail that works here. */
  static async build(options: JailOptions): Promise<Jail> {
    for await (const jail of Jail.thatWork(options)) return jail;
    return Jail.OPEN;
  }

  /** Every jail that works here, the tightest first; each is tried with the program itself, as it will be started. */
  static async *thatWork(options: JailOptions): AsyncGenerator<Jail, void> {
    const walls: readonly (readonly [JailKind, readonly string[]])[] = [
      ['bwrap', await bubblewrap(options)],
      ['unshare', ['unshare', '--net', '--']],
      // A user who is not root may still be allowed a user namespace.
      ['unshare', ['unshare', '--user', '--map-current-user', '--net', '--']],
      ['none', []],
    ];
    for (const hasLimits of [true, false]) {
      for (const [kind, wall] of walls) {
        const jail = new Jail(kind, wall, hasLimits);
        if (await runs(jail.start({ command: options.command, args: ['-version'], cpuSeconds: TRIAL_CPU_SECONDS })))
          yield jail;
      }
    }
  }

  /** In words, for the log. */
  get description(): string {
    const wall = {
      bwrap: 'without a network, and without any file but its own (bwrap)',
      unshare:
        'without a network (unshare); it can read files of this server, since bubblewrap is missing or not permitted',
      none: 'with the rights of this server, since bubblewrap and unshare are missing or not permitted',
    }[this.kind];
    return this.hasLimits ? wall : `${wall}; without limits of memory (sh can't set them here)`;
  }

  /** How to start a program in it. */
  start({ command, args, cwd, files = [], memoryBytes = DATA_BYTES, cpuSeconds }: JailRequest): ProcessOptions {
    const own = [cwd, ...files].filter((path) => path !== undefined).flatMap((path) => ['--ro-bind', path, path]);
    const inside = this.kind === 'bwrap' ? [...own, ...(cwd === undefined ? [] : ['--chdir', cwd]), '--'] : [];
    const [first = command, ...rest] = [
      ...(this.hasLimits ? limits(memoryBytes, cpuSeconds) : []),
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
