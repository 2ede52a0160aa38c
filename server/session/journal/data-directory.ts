import { join } from 'node:path';
import type { Logger } from 'pino';
import { Disk } from '../../lib/disk.ts';
import { Clock } from '../clock.ts';
import { ClipStore } from './clip-store.ts';
import type { Storage } from './journal-file.ts';
import { clockStart, type EarlierState, readEarlierState, ServerState } from './server-state.ts';
import { StorageHealth } from './storage-health.ts';

/** What all sessions share of the data directory, and what the server before this one left in it. */
export class DataDirectory {
  readonly earlier: EarlierState;
  /** Never behind what an earlier server dated. */
  readonly clock: Clock;
  readonly storage: Storage;
  readonly clips: ClipStore;

  private constructor(directory: string, logger: Logger, earlier: EarlierState, disk: Disk) {
    this.earlier = earlier;
    this.clock = new Clock(clockStart(earlier, performance.timeOrigin + performance.now()));
    this.storage = {
      disk,
      health: new StorageHealth({ directory, disk, logger }),
      state: new ServerState(directory, disk, () => this.clock.now()),
    };
    this.clips = new ClipStore(join(directory, '.clips'), disk);
  }

  /** @param disk - For tests: one that is slow, or full. */
  static async open(directory: string, logger: Logger, disk = new Disk()): Promise<DataDirectory> {
    const data = new DataDirectory(directory, logger, await readEarlierState(directory), disk);
    await data.storage.state.begin();
    return data;
  }

  /** All that sessions wrote is on disk. Idempotent. */
  async close(): Promise<void> {
    await this.storage.health.close();
    await this.storage.state.close();
    await this.storage.disk.closeAll();
    this.clock.close();
  }
}
