import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Disk } from '../../lib/disk.ts';
import { decodeJournal } from './journal-line.ts';
import type { RedoEntry } from './redo-entry.ts';

type Left = { readonly batches: Extract<RedoEntry, { type: 'batch' }>[]; isLost: boolean };

/**
 * Writes what a late disk had not got yet when the server was killed.
 *
 * @returns names of the sessions of which more was shown than can be written now.
 */
export async function replayRedo(
  entries: readonly RedoEntry[],
  dataDirectory: string,
  disk: Disk,
  logger: Logger,
): Promise<ReadonlySet<string>> {
  const unsure = new Set<string>();
  for (const [journal, { batches, isLost }] of leftOf(entries)) {
    const session = dirname(journal);
    try {
      // Of what was given up the disk may have got more than is told here.
      const isWhole = !isLost && (await redo(batches, journal, dataDirectory, disk));
      if (!isWhole) unsure.add(session);
      logger.info({ session, batches: batches.length, isWhole }, 'what the disk had not got yet is written');
    } catch (error) {
      unsure.add(session);
      logger.error({ err: error, session }, 'what the disk had not got yet can not be written');
    }
  }
  return unsure;
}

/** What counts of each journal. */
function leftOf(entries: readonly RedoEntry[]): Map<string, Left> {
  const left = new Map<string, Left>();
  for (const entry of entries) {
    if (entry.type === 'run') continue;
    if (entry.type === 'clear') {
      left.delete(entry.journal);
      continue;
    }
    const of: Left = left.get(entry.journal) ?? { batches: [], isLost: false };
    left.set(entry.journal, of);
    if (entry.type === 'lost') of.isLost = true;
    else of.batches.push(entry);
  }
  return left;
}

/**
 * Writes are repeated as they were meant, whether they had been done or not; lines follow the last one that is in the journal, which
 * may have been written anew meanwhile.
 *
 * @returns false when a batch is missing in between.
 */
async function redo(batches: Left['batches'], journal: string, dataDirectory: string, disk: Disk): Promise<boolean> {
  const path = join(dataDirectory, journal);
  const { batches: known, goodBytes, fault } = decodeJournal(await disk.read(path));
  let last = known.at(-1)?.number;
  if (fault === 'damaged' || last === undefined) return false;
  await disk.truncate(path, goodBytes);
  let position = goodBytes;
  for (const { number, line, writes } of batches) {
    if (number > last + 1) return false;
    for (const write of writes)
      await disk.write(join(dataDirectory, write.path), write.bytes, write.position, write.fresh);
    if (number <= last) continue;
    await disk.write(path, [line], position);
    position += line.byteLength;
    last = number;
  }
  return true;
}
