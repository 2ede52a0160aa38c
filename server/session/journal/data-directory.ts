import { join } from 'node:path';
import type { Logger } from 'pino';
import { Disk } from '../../lib/disk.ts';
import { Clock } from '../clock.ts';
import { ClipStore } from './clip-store.ts';
import { RedoLog, readRedo, SHARED_MEMORY } from './redo-log.ts';
import { replayRedo } from './replay-redo.ts';
import { clockStart, type EarlierState, readEarlierState, ServerState } from './server-state.ts';
import type { Storage } from './storage.ts';
import { StorageHealth } from './storage-health.ts';
import { requireWritable } from './writable.ts';

export type DataOptions = {
  /** For tests: one that is slow, or full. */
  readonly disk?: Disk;
  /** A directory in memory that outlives the process. */
  readonly memory?: string;
};

/** Sessions whose ends can't be trusted; `undefined`: that is one answer for all of them. */
type Unsure = ReadonlySet<string> | undefined;

/** What all sessions share of the data directory, and what the server before this one left in it. */
export class DataDirectory {
  readonly earlier: EarlierState;
  /** Journals of sessions may lack what was shown of them. */
  readonly isDoubtful: (session: string) => boolean;
  /** Never behind what an earlier server dated. */
  readonly clock: Clock;
  readonly storage: Storage;
  readonly clips: ClipStore;

  private constructor(
    directory: string,
    logger: Logger,
    { earlier, disk, memory, unsure }: Required<DataOptions> & { earlier: EarlierState; unsure: Unsure },
  ) {
    this.earlier = earlier;
    this.isDoubtful = (session) => unsure?.has(session) ?? earlier.isDoubtful;
    this.clock = new Clock(clockStart(earlier, performance.timeOrigin + performance.now()));
    const state = new ServerState(directory, disk, () => this.clock.now());
    const redo = RedoLog.create(memory, directory, state.run);
    if (!redo)
      logger.debug({ memory }, 'no memory outlives this process: if it is killed while the disk is late, streams leap');
    this.storage = { disk, health: new StorageHealth({ directory, disk, logger }), state, redo };
    this.clips = new ClipStore(join(directory, '.clips'), disk);
  }

  /** @throws {StreamError} `CONFIG_INVALID` for a directory that takes no files, `STORAGE_FULL` for a new one on a full disk. */
  static async open(
    directory: string,
    logger: Logger,
    { disk = new Disk(), memory = SHARED_MEMORY }: DataOptions = {},
  ): Promise<DataDirectory> {
    const full = await requireWritable(directory);
    const earlier = await readEarlierState(directory);
    const left = earlier.run === undefined ? undefined : readRedo(memory, directory, earlier.run);
    const unsure = left && (await replayRedo(left, directory, disk, logger));
    const data = new DataDirectory(directory, logger, { earlier, disk, memory, unsure });
    await data.storage.state.begin();
    if (full) data.storage.health.fail(full);
    data.storage.health.watch();
    return data;
  }

  /** How the disk fares, for metrics. */
  get load(): { isWritable: boolean; late: number; redoBytes: number } {
    const { health, state, redo } = this.storage;
    return { isWritable: health.fault === undefined, late: state.late, redoBytes: redo?.sizeBytes ?? 0 };
  }

  /** All that sessions wrote is on disk. Idempotent. */
  async close(): Promise<void> {
    await this.storage.health.close();
    await this.storage.state.close();
    await this.storage.disk.closeAll();
    this.storage.redo?.close();
    this.clock.close();
  }
}
