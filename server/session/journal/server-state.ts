import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Disk } from '../../lib/disk.ts';

/** Fits a sector, and is written in place: that works on a full disk, too. */
const SIZE_BYTES = 512;
/** Between two signs of life. */
const BEAT_MS = 5_000;
/** So long after a disk was slow a kill still counts as one of what was late. */
const CALM_MS = 500;
const FILE_NAME = '.state';

/** What the server before this one left. */
export type EarlierState = {
  /** When it last said that it was alive, in ms since the epoch; 0: there was none. */
  readonly aliveMs: number;
  /** It was stopped in order. */
  readonly stopped: boolean;
  /** Name of its run, as the redo log has it; `undefined`: the machine was started since. */
  readonly run: string | undefined;
  /** Ends of journals may lack what was shown: the machine went down, or the disk was slower than the streams. */
  readonly isDoubtful: boolean;
};

type Saved = {
  readonly boot: string;
  readonly run: string;
  readonly aliveMs: number;
  readonly stopped: boolean;
  /** All of it is on disk, whatever happens to the machine. */
  readonly synced: boolean;
  readonly ahead: boolean;
};

/** What the earlier server left. */
export async function readEarlierState(directory: string): Promise<EarlierState> {
  const saved = await readState(join(directory, FILE_NAME));
  const isSameBoot = saved?.boot === (await bootId());
  return {
    aliveMs: saved?.aliveMs ?? 0,
    stopped: saved?.stopped ?? false,
    run: isSameBoot ? saved?.run : undefined,
    isDoubtful: !saved || saved.ahead || (!saved.synced && !isSameBoot),
  };
}

/**
 * When this server's clock should begin at the earliest: what was dated by the earlier one must not lie in the future, also when the
 * system clock was set back in between.
 *
 * @param nowMs - What the system clock says.
 */
export function clockStart({ aliveMs }: EarlierState, nowMs: number): number {
  return nowMs < aliveMs ? aliveMs + BEAT_MS : nowMs;
}

/** `DATA_DIR/.state`: which boot of the machine wrote the data, when it was last alive, and how much of it can be trusted. */
export class ServerState {
  /** Name of this run of the server. */
  readonly run = randomUUID();
  readonly #directory: string;
  readonly #disk: Disk;
  readonly #now: () => number;
  #boot = '';
  /** Journals that lack what was shown. */
  readonly #ahead = new Set<object>();
  #late = 0;
  /** What the file says of them. */
  #saysAhead = false;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #calming: NodeJS.Timeout | undefined;
  #stopped = false;
  #synced = false;

  /** @param now - In ms since the epoch. */
  constructor(directory: string, disk: Disk, now: () => number) {
    this.#directory = directory;
    this.#disk = disk;
    this.#now = now;
  }

  /** Times that a journal lacked what was shown. */
  get late(): number {
    return this.#late;
  }

  get #path(): string {
    return join(this.#directory, FILE_NAME);
  }

  /** Begins to say that the server is alive. */
  async begin(): Promise<void> {
    this.#boot = await bootId();
    await this.#write();
    await this.#disk.sync(this.#path).catch(() => undefined);
    this.#timer = setInterval(() => void this.#write(), BEAT_MS).unref();
  }

  /** A journal lacks what was shown. Resolves when the file says so. */
  async ahead(journal: object): Promise<void> {
    if (!this.#ahead.has(journal)) this.#late += 1;
    this.#ahead.add(journal);
    if (!this.#saysAhead) await this.#write();
  }

  /**
   * A journal has all that was shown.
   *
   * @param atOnce - The file says so now, not a moment later: a disk that was slow will be slow again, one that was full will not.
   */
  async complete(journal: object, atOnce: boolean): Promise<void> {
    this.#ahead.delete(journal);
    if (!this.#saysAhead || this.#ahead.size > 0) return;
    if (atOnce) await this.#write();
    else this.#calming ??= setTimeout(() => this.#calm(), CALM_MS).unref();
  }

  #calm(): void {
    this.#calming = undefined;
    if (this.#saysAhead && this.#ahead.size === 0) void this.#write();
  }

  /** Nothing more is written. Resolves when all is on disk, as far as that can be had. Idempotent. */
  async close(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#timer);
    clearTimeout(this.#calming);
    this.#synced = await this.#disk.syncAll(this.#directory);
    await this.#write();
    await this.#disk.sync(this.#path).catch(() => undefined);
    await this.#disk.close(this.#path);
  }

  /** Best effort: a disk that takes nothing at all leaves the state of before, which says that the server did not stop. */
  #write(): Promise<void> {
    const write = async (): Promise<void> => {
      const ahead = this.#ahead.size > 0;
      this.#saysAhead = ahead;
      const [stopped, synced] = [this.#stopped && !ahead, this.#synced && !ahead];
      const saved: Saved = { boot: this.#boot, run: this.run, aliveMs: this.#now(), stopped, synced, ahead };
      try {
        await this.#disk.write(this.#path, [encodeState(saved)], 0);
        await this.#disk.close(this.#path);
      } catch {
        // Told by who has something of worth to write.
        this.#saysAhead = false;
      }
    };
    this.#writing = this.#writing.then(write);
    return this.#writing;
  }
}

function encodeState(saved: Saved): Buffer {
  const json = JSON.stringify(saved);
  const text = `${crc32(json).toString(16).padStart(8, '0')} ${json}`;
  return Buffer.from(`${text.padEnd(SIZE_BYTES - 1)}\n`);
}

async function readState(path: string): Promise<Saved | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const json = text.slice(9).trimEnd();
  if (crc32(json).toString(16).padStart(8, '0') !== text.slice(0, 8)) return undefined;
  return JSON.parse(json) as Saved;
}

/** Another one after each start of the machine. */
async function bootId(): Promise<string> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  } catch {
    // Not Linux: the minute it was started in tells one boot from another well enough.
    return `started ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}
