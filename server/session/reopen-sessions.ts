import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Disk } from '../lib/disk.ts';
import { storageFault } from '../lib/storage-error.ts';
import { type ReadJournal, readJournal, segmentSizes } from './journal/read-saved.ts';
import { renditionName } from './playlist-view.ts';
import type { SegmentStore } from './segment-store.ts';
import type { Session } from './session.ts';
import type { SessionFactory } from './session-factory.ts';

/** Journals read at once: file systems answer many as fast as one, and each is small. */
const AT_ONCE = 32;

export type ReopenOptions = {
  readonly dataDirectory: string;
  readonly disk: Disk;
  readonly factory: SessionFactory;
  readonly logger: Logger;
  /** The end of a session's journal may lack what was shown. */
  readonly isDoubtful: (session: string) => boolean;
};

/** What a start found of an earlier server. */
export type ReopenReport = {
  reopened: number;
  /** With something to go on with: chunks that wait, answers that were being written. */
  goingOn: number;
  ended: number;
  /** Journals whose end was left out, or could not be read. */
  torn: number;
  damaged: number;
  /** Sessions that could not be opened, and lie in `.broken` now. */
  broken: number;
  /** That leapt over numbers that may have been used. */
  leapt: number;
};

/** Opens the sessions of an earlier server again; none of them keeps the others from it. @returns them in the order they were opened first. */
export async function reopenSessions(options: ReopenOptions): Promise<{ sessions: Session[]; report: ReopenReport }> {
  const { dataDirectory, logger } = options;
  await rm(join(dataDirectory, '.deleted'), { recursive: true, force: true }).catch(orStorageFault);
  const entries = await readdir(dataDirectory, { withFileTypes: true });
  const ids = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
  const report: ReopenReport = { reopened: 0, goingOn: 0, ended: 0, torn: 0, damaged: 0, broken: 0, leapt: 0 };
  const sessions: Session[] = [];
  const left = ids.toReversed();
  const work = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      try {
        const session = await reopen(id, options, report);
        if (session) sessions.push(session);
      } catch (error) {
        // It is left as it is: the next start may have more luck.
        report.broken += 1;
        logger.error({ err: error, session: id }, 'a session could not be opened again');
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  sessions.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  return { sessions, report };
}

async function reopen(id: string, options: ReopenOptions, report: ReopenReport): Promise<Session | undefined> {
  const { factory, disk, logger } = options;
  const store = factory.store(id);
  const read = await readJournal(store);
  if (!read || read.session.open.id !== id) {
    await moveAside(id, options, report);
    return undefined;
  }
  // A disk that takes nothing now does not keep it from being opened.
  await cutOff(id, read, store, options, report).catch(orStorageFault);
  if (read.isSoundLost) logger.warn({ session: id }, 'the sound around the last cut is lost: silence in its place');
  await cutOffParts(read, store, disk).catch(orStorageFault);
  const isDoubtful = options.isDoubtful(id) || read.fault === 'damaged';
  const session = await factory.reopen(id, read, isDoubtful);
  await removeLeftovers(read, store).catch(orStorageFault);
  report.reopened += 1;
  if (read.session.state === 'ended') report.ended += 1;
  else if (isDoubtful) report.leapt += 1;
  return session;
}

/** Leaves the end of a journal out that is torn; puts one aside that can't be read. */
async function cutOff(
  id: string,
  { fault, goodBytes, sizeBytes }: ReadJournal,
  store: SegmentStore,
  { dataDirectory, disk, logger }: ReopenOptions,
  report: ReopenReport,
): Promise<void> {
  if (!fault) return;
  report[fault] += 1;
  if (fault === 'damaged') {
    const aside = join(dataDirectory, '.broken', `${id}-${Date.now()}.journal`);
    await mkdir(join(dataDirectory, '.broken'), { recursive: true });
    await writeFile(aside, (await disk.read(store.journalPath)).subarray(goodBytes));
    logger.error({ session: id, atByte: goodBytes, aside }, 'a journal is damaged: what follows is put aside');
  } else {
    const bytes = sizeBytes - goodBytes;
    logger.info({ session: id, bytes }, 'the end of a journal was not whole: it was told to nobody, and is left out');
  }
  await disk.truncate(store.journalPath, goodBytes);
}

/** A part of the open segment that was written, but not told, is not there. */
async function cutOffParts({ session }: ReadJournal, store: SegmentStore, disk: Disk): Promise<void> {
  const { open } = session.stream.timeline;
  if (!open) return;
  for (const [rendition, sizeBytes] of segmentSizes(open).entries())
    await disk.truncate(store.segmentPath(renditionName(rendition), open.msn), sizeBytes);
}

/** Uploads and speech of chunks that are over, and what was on its way. */
async function removeLeftovers({ session }: ReadJournal, store: SegmentStore): Promise<void> {
  const { queue } = session;
  if (queue.counts.accepted === 0) return;
  const needed = new Set(
    [...queue.waiting.map(({ id }) => id), queue.onAir?.chunk ?? ''].flatMap((id) => [
      store.uploadPath(id),
      store.speechPath(id),
    ]),
  );
  for (const path of await store.leftChunks()) if (!needed.has(path)) await rm(path, { force: true });
}

/** What can't be opened makes room for a session of the same name. */
async function moveAside(
  id: string,
  { dataDirectory, logger, factory }: ReopenOptions,
  report: ReopenReport,
): Promise<void> {
  const { directory } = factory.store(id);
  try {
    const names = await readdir(directory);
    // It was being made: nobody was told of it.
    const isNew = names.every((name) => name === 'journal') && !(await hasWholeLine(factory.store(id)));
    if (isNew) {
      await rm(directory, { recursive: true, force: true });
      return;
    }
    report.broken += 1;
    const aside = join(dataDirectory, '.broken', `${id}-${Date.now()}`);
    await mkdir(join(dataDirectory, '.broken'), { recursive: true });
    await rename(directory, aside);
    logger.error({ session: id, aside }, 'a session can not be opened again: it is put aside');
  } catch (error) {
    logger.error({ err: error, session: id }, 'a session that can not be opened could not be put aside either');
  }
}

async function hasWholeLine(store: SegmentStore): Promise<boolean> {
  try {
    return (await store.disk.read(store.journalPath)).includes('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Swallows what a disk says that takes nothing: who writes next tells of it. */
function orStorageFault(error: unknown): void {
  if (!storageFault(error)) throw error;
}
