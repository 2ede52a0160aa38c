/**
 * Values by name that are shared as long as somebody uses them: the latest few are kept, the others only while something else holds them.
 */
export class WeakValues<T extends object> {
  readonly #references = new Map<string, WeakRef<T>>();
  /** The most recently used last. */
  readonly #recent = new Map<string, T>();
  readonly #keep: number;
  readonly #gone = new FinalizationRegistry<string>((name) => {
    if (this.#references.get(name)?.deref() === undefined) this.#references.delete(name);
  });

  /** @param keep - Values that are kept whether or not somebody uses them. */
  constructor(keep: number) {
    this.#keep = keep;
  }

  get(name: string): T | undefined {
    const value = this.#references.get(name)?.deref();
    if (value) this.#use(name, value);
    return value;
  }

  set(name: string, value: T): void {
    this.#references.set(name, new WeakRef(value));
    this.#gone.register(value, name);
    this.#use(name, value);
  }

  #use(name: string, value: T): void {
    this.#recent.delete(name);
    this.#recent.set(name, value);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > this.#keep && oldest !== undefined) this.#recent.delete(oldest);
  }
}
