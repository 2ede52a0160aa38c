/**
 * A count that a player keeps and tells now and then. It is believed as far as it can be true: what a player had counted before we knew
 * it is left out, and so is what goes back, or is more than there was time for.
 */
export class ReportedCounter {
  /** What the player had counted before its time here. */
  #base: number | undefined;
  #counted = 0;

  /** Counted since we know the player; `undefined` until it told a count. */
  get counted(): number | undefined {
    return this.#base === undefined ? undefined : this.#counted;
  }

  /**
   * @param value - What the player says now.
   * @param most - What there was time for since we know the player.
   */
  tell(value: number, most: number): void {
    this.#base ??= value <= most ? 0 : value;
    const counted = value - this.#base;
    if (counted > this.#counted && counted <= most) this.#counted = counted;
  }
}
