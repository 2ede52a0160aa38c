import { OtherWork } from '../bench/other-work.ts';

/** Cores that others may keep busy beside a browser that is measured to the millisecond. */
const BUSY_CORES = 0.5;

/** Watches what else the machine does while something is measured: what a person sees and hears is not ours alone then. */
export class BusyMachine {
  readonly #others = new OtherWork();

  /** Why nothing can be said about milliseconds; `undefined` on a machine that had time for us. */
  async reason(): Promise<string | undefined> {
    const cores = await this.#others.cores();
    return cores > BUSY_CORES ? `others kept ${cores.toFixed(1)} cores busy meanwhile` : undefined;
  }
}
