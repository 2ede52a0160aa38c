import type { Quality } from '../quality/quality.ts';
import type { MonitoredSession } from './census.ts';
import type { EncoderLoad, Encodes } from './encodes.ts';
import type { HttpTally } from './http-tally.ts';
import type { RecentValues } from './recent-values.ts';
import type { SessionFigures } from './session-figures.ts';

/** What became of the sessions that an earlier server left. */
export type Recovered = { reopened: number; broken: number };

/** How the data directory fares. */
export type StorageLoad = {
  /** It takes what is written. */
  readonly isWritable: boolean;
  /** Times that something was shown before it was written, since the start. */
  readonly late: number;
  /** Bytes that are kept in memory until it takes them. */
  readonly redoBytes: number;
  /** Bytes that sessions keep, or are promised, and how many they may. */
  readonly storedBytes: number;
  readonly storedLimitBytes: number;
};

/** Everything that figures of the whole server are made of. */
export type Sources = {
  readonly quality: Quality;
  readonly figures: SessionFigures;
  readonly encodes: Encodes;
  readonly tally: HttpTally;
  /** Sessions of an earlier server. */
  readonly recovered: Recovered;
  /** Seconds that parts were late, and that viewers took to start. */
  readonly publishLag: RecentValues;
  readonly startup: RecentValues;
  sessions(): Iterable<MonitoredSession>;
  encoder(): EncoderLoad;
  storage(): StorageLoad;
  http(): { readonly heldRequests: number; readonly eventStreams: number };
};
