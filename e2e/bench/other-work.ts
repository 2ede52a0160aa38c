import { familyCpu, machineCpu } from './cpu-seconds.ts';
import { wallMs } from './timed-http.ts';

/** Tells how busy the machine was with anything but us since it was made: figures of a busy machine say little. */
export class OtherWork {
  readonly #startMs = wallMs();
  readonly #start: Promise<number>;

  constructor() {
    this.#start = OtherWork.#othersCpu();
  }

  /** Cores that others kept busy, on average. */
  async cores(): Promise<number> {
    const spent = (await OtherWork.#othersCpu()) - (await this.#start);
    return Math.max(0, (spent * 1000) / (wallMs() - this.#startMs));
  }

  static async #othersCpu(): Promise<number> {
    return (await machineCpu()) - (await familyCpu(process.pid)).total;
  }
}
