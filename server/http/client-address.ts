import type { IncomingMessage } from 'node:http';

/** Address of the connection. X-Forwarded-For is not asked: anyone can write it. */
export function clientAddress(req: IncomingMessage): string {
  return req.socket.remoteAddress ?? '';
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** Counts per name, forgetting names at zero: bounded by what is counted, never by who came by. */
export class Tally {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string): void {
    this.#counts.set(name, this.of(name) + 1);
  }

  remove(name: string): void {
    const count = this.of(name) - 1;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}
