import { StreamError } from '../../errors.ts';
import type { Batch } from './journal-line.ts';
import type { JournalRecord } from './records.ts';
import { SavedSession } from './saved-session.ts';

export type Replayed = {
  /** `undefined`: there is no first record that a session could be made of. */
  readonly session: SavedSession | undefined;
  /** Number of the last batch that counts. */
  readonly batch: number;
  /** Batches that were read before one contradicted them; all of them when none did. */
  readonly count: number;
  /** Why a batch was not taken. */
  readonly fault?: StreamError;
};

/** What the batches of a journal come to. Stops in front of one that contradicts those before it. */
export function replay(batches: readonly Batch[]): Replayed {
  let session: SavedSession | undefined;
  let last = -1;
  for (const [count, { number, records }] of batches.entries()) {
    // Written once more after it had been written, though it was said not to have been.
    if (number <= last) continue;
    try {
      for (const record of records) session = applied(session, record);
    } catch (error) {
      // What a batch began to change is changed: whoever goes on reads the ones before it again.
      return { session, batch: last, count, fault: asStreamError(error) };
    }
    last = number;
  }
  return { session, batch: last, count: batches.length };
}

/** All batches as one snapshot. @throws {StreamError} `INTERNAL` when they are not those of a journal. */
export function condense(batches: readonly Batch[]): JournalRecord {
  const { session, fault } = replay(batches);
  if (fault) throw fault;
  if (!session) throw new StreamError('INTERNAL', 'a journal without a first record can not be condensed');
  return session.snapshot();
}

function applied(session: SavedSession | undefined, record: JournalRecord): SavedSession {
  // A snapshot says all that came before it.
  if (session === undefined || record.t === 'snapshot') return new SavedSession(record);
  session.apply(record);
  return session;
}

function asStreamError(error: unknown): StreamError {
  return error instanceof StreamError ? error : new StreamError('INTERNAL', String(error), { cause: error });
}
