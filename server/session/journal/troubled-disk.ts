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
  /** Calls that are over their trouble, and at work on the real disk. */
  working = 0;

  override async write(...call: Parameters<Disk['write']>): Promise<void> {
    await this.#trouble();
    this.writes += 1;
    await this.#work(super.write(...call));
  }

  override async sync(path: string): Promise<void> {
    await this.#trouble();
    await this.#work(super.sync(path));
  }

  override async syncDirectory(path: string): Promise<void> {
    await this.#trouble();
    await this.#work(super.syncDirectory(path));
  }

  override async syncAll(): Promise<boolean> {
    return this.fails === undefined;
  }

  async #work(call: Promise<void>): Promise<void> {
    this.working += 1;
    await call.finally(() => {
      this.working -= 1;
    });
  }

  async #trouble(): Promise<void> {
    const { slowMs } = this;
    // A timer that tests may own.
    if (slowMs > 0) await new Promise((resolve) => setTimeout(resolve, slowMs));
    await this.stuck;
    if (this.fails !== undefined) throw Object.assign(new Error(`${this.fails}: no luck`), { code: this.fails });
  }
}
