import type { TrustedProxy } from './client-address.ts';

/** Bounds of the HTTP layer, each a setting. */
export type HttpLimits = {
  /** Largest media body of one chunk, in bytes. */
  readonly uploadBytes: number;
  /** Largest recording of what a user said, in bytes: 25 MiB are 13 minutes of 16 kHz 16-bit PCM. */
  readonly recordingBytes: number;
  /** Largest JSON body, in bytes. */
  readonly jsonBytes: number;
  /** Requests held at once: blocking reloads, first playlists and hinted parts. At about 1 kB each. */
  readonly heldRequests: number;
  /** Of those, by one address in one session. */
  readonly heldPerAddress: number;
  /** Event streams of one session. */
  readonly eventStreamsPerSession: number;
  /** Event streams of one address. */
  readonly eventStreamsPerAddress: number;
  /** True: the limits per address leave out loopback, where a reverse proxy stands for many clients. */
  readonly exemptLoopback: boolean;
  /** Proxies whose word on a client's address is taken; `undefined`: nobody's. */
  readonly trusts: TrustedProxy | undefined;
  /** Requests to the API in a minute, of one key, or of one address that brings none. */
  readonly requestsPerMinute: number;
  /** Of those, with a wrong key or none where one is wanted, of one address. */
  readonly wrongKeysPerMinute: number;
  /** Requests that one connection may send ahead, which wait for their turn (pipelining): browsers and players send none. */
  readonly askedAhead: number;
  /** Of those, on all connections, besides the first of each: a request is 5 kB, and up to 16 kB of headers. */
  readonly askedAheadInAll: number;
  /** Open connections. Each is a descriptor; what else needs some is left out (`limitsWithin`). */
  readonly connections: number;
  /** Of those, from one address. */
  readonly connectionsPerAddress: number;
  /** Bodies of media that come at once: each is a file besides. */
  readonly uploads: number;
  /** A body must bring `bodyProgressBytes` in each window of `bodyProgressMs`, or the request ends with 408. */
  readonly bodyProgressMs: number;
  readonly bodyProgressBytes: number;
  /** Longest time for a whole request to arrive. */
  readonly requestMs: number;
  /** An unused connection is closed after this time (Node adds up to a second). */
  readonly keepAliveMs: number;
  /** A client that takes nothing of what waits for it is cut off after this time. */
  readonly stuckReaderMs: number;
  /** Between two heartbeats of an event stream. */
  readonly heartbeatMs: number;
  /** From close() until connections in use are cut. */
  readonly closeGraceMs: number;
};

export const DEFAULT_LIMITS: HttpLimits = {
  uploadBytes: 256 * 1024 * 1024,
  recordingBytes: 25 * 1024 * 1024,
  jsonBytes: 256 * 1024,
  heldRequests: 10_000,
  heldPerAddress: 20,
  eventStreamsPerSession: 100,
  eventStreamsPerAddress: 10,
  exemptLoopback: true,
  trusts: undefined,
  requestsPerMinute: 6_000,
  wrongKeysPerMinute: 60,
  askedAhead: 64,
  askedAheadInAll: 10_000,
  connections: 20_000,
  connectionsPerAddress: 2_000,
  uploads: 1_000,
  bodyProgressMs: 15_000,
  bodyProgressBytes: 1024,
  requestMs: 600_000,
  keepAliveMs: 15_000,
  stuckReaderMs: 60_000,
  heartbeatMs: 15_000,
  closeGraceMs: 3_000,
};

/** With fewer, nobody could watch: the system's limit is too low then, whatever is done. */
const MIN_CONNECTIONS = 32;
/** Files that all who download read from at once, those that a page loads, and the listening socket. */
const OWN_DESCRIPTORS = 32;

/** Connections and uploads that fit into so many descriptors: when there are none left, no encoder starts and no file opens. */
export function limitsWithin(
  descriptors: number,
): Pick<HttpLimits, 'connections' | 'connectionsPerAddress' | 'uploads'> {
  const { connections, connectionsPerAddress, uploads } = DEFAULT_LIMITS;
  const own = Math.max(0, descriptors - OWN_DESCRIPTORS);
  const fitting = Math.min(uploads, Math.max(MIN_CONNECTIONS / 4, Math.floor(own / 8)));
  const open = Math.min(connections, Math.max(MIN_CONNECTIONS, own - fitting));
  // Who opens all that one address may have must leave some to others.
  return {
    connections: open,
    connectionsPerAddress: Math.min(connectionsPerAddress, Math.ceil(open / 2)),
    uploads: fitting,
  };
}
