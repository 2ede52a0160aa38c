import { setTimeout as delay } from 'node:timers/promises';
import { Disk } from '../../lib/disk.ts';

/** A disk for tests: full, slow, or stuck, when it is told to be. */
export class TroubledDisk extends Disk {
  /** What every write fails with. */
  fails: string | undefined;
  /** How long each call takes, in ms. */
  slowMs = 0;
  /** Calls wait for this. */
  stuck: Promise<void> | undefined;
  writes = 0;

  override async write(...call: Parameters<Disk['write']>): Promise<void> {
    await this.#trouble();
    this.writes += 1;
    await super.write(...call);
  }

  override async sync(path: string): Promise<void> {
    await this.#trouble();
    await super.sync(path);
  }

  override async syncDirectory(path: string): Promise<void> {
    await this.#trouble();
    await super.syncDirectory(path);
  }

  override async syncAll(): Promise<boolean> {
    return this.fails === undefined;
  }

  async #trouble(): Promise<void> {
    if (this.slowMs > 0) await delay(this.slowMs);
    await this.stuck;
    if (this.fails !== undefined) throw Object.assign(new Error(`${this.fails}: no luck`), { code: this.fails });
  }
}
