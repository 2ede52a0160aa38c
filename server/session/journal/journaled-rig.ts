import { copyFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Encoder } from '../../encode/encoder.ts';
import { FragmentReader } from '../../isobmff/fragment-reader.ts';
import { Disk } from '../../lib/disk.ts';
import { AAC_BLOCK } from '../../timeline/axis.ts';
import { FakeClock, PROFILE, pcmOf, settle } from '../fakes.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from '../inits.ts';
import { hintedPart } from '../read-resource.ts';
import { Sessions } from '../registry.ts';
import type { Session } from '../session.ts';
import type { SessionOptions } from '../types.ts';
import { DataDirectory } from './data-directory.ts';
import { NamedEncoder, namedOrigin } from './named-encoder.ts';
import { redoPath } from './redo-log.ts';

/** Sessions with real journals on a real disk, but without ffmpeg, and on a clock that is set by hand: a server that can be killed in no time. */

const logger = pino({ level: 'silent' });
/** Of copying while a server writes. */
const MAX_TRIES = 50;
/** What is to outlive the machine takes long, and nobody turns it off. */
class TestDisk extends Disk {
  override async syncAll(): Promise<boolean> {
    return true;
  }
}

/** One server of a data directory. */
export class JournaledRig {
  readonly clock: FakeClock;
  readonly encoder: NamedEncoder;
  readonly data: DataDirectory;
  readonly sessions: Sessions;
  readonly directory: string;
  readonly #parent: string;

  private constructor(directory: string, parent: string, clock: FakeClock, data: DataDirectory) {
    this.directory = directory;
    this.#parent = parent;
    this.clock = clock;
    clock.startedMs = clock.now();
    this.data = data;
    this.encoder = new NamedEncoder(clock);
    this.sessions = new Sessions({
      ...{ encoder: this.encoder as unknown as Encoder, clock, logger, dataDirectory: directory },
      ...{
        storage: data.storage,
        clips: data.clips,
        maxSessions: 100,
        leadMs: 500,
        idleMs: 1e12,
        retentionMs: 1e12,
        maxDataBytes: 1e15,
      },
      limits: {
        maxChunkBytes: 1e9,
        maxChunkSeconds: 1_000,
        maxQueuedSeconds: 1_000,
        maxQueuedChunks: 100,
        maxPixelsPerSecond: 1e12,
      },
      remake: (_session, { text }) => namedOrigin(text),
    });
  }

  /** @param memory - Whether there is any that outlives a server. */
  static async start(clock = new FakeClock(), disk: Disk = new TestDisk(), memory = true): Promise<JournaledRig> {
    const parent = await mkdtemp(join(tmpdir(), 'journaled-'));
    const directory = join(parent, '0');
    await mkdir(directory);
    if (memory) await mkdir(join(parent, 'memory'));
    const data = await DataDirectory.open(directory, logger, { disk, memory: join(parent, 'memory') });
    return new JournaledRig(directory, parent, clock, data);
  }

  async open(id: string, options: SessionOptions = {}): Promise<Session> {
    return await this.sessions.create({ id, profile: PROFILE, ...options });
  }

  session(id: string): Session {
    const session = this.sessions.get(id);
    if (!session) throw new Error(`there is no session ${id}`);
    return session;
  }

  /** Has a chunk said (see `namedOrigin`), in a turn of its own. */
  say(session: Session, text: string): void {
    const turn = session.joinTurn(`turn-${text}`);
    turn.append({ text, origin: namedOrigin(text) });
    turn.leave();
  }

  /** Lets time pass, and all that comes of it be written. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.flush();
  }

  async flush(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      await settle();
      await Promise.all(this.sessions.list({ limit: 1_000 }).sessions.map((session) => session.written()));
      await this.clock.advance(0);
    }
  }

  /**
   * A server that finds what this one has written so far, as after `kill -9`; this one goes on for its own directory.
   *
   * @param damage - Does something to the files first.
   * @param isDoubtful - Whatever it found, the ends of the journals can't be trusted.
   */
  async killed(damage?: (directory: string) => Promise<void>, isDoubtful?: boolean): Promise<JournaledRig> {
    const directory = join(this.#parent, `${process.hrtime.bigint()}`);
    const memory = join(this.#parent, 'memory');
    await copyAsLeft(this.directory, directory);
    await copyFile(redoPath(memory, this.directory), redoPath(memory, directory)).catch(orGone);
    await damage?.(directory);
    const data = await DataDirectory.open(directory, logger, { disk: new TestDisk(), memory });
    const rig = new JournaledRig(directory, this.#parent, this.clock, data);
    await rig.sessions.reopen(isDoubtful === undefined ? data.isDoubtful : () => isDoubtful);
    return rig;
  }

  /** Ends what runs; the files stay. */
  async stop(): Promise<void> {
    await this.sessions.close();
    await this.data.close();
  }

  async remove(): Promise<void> {
    await rm(this.#parent, { recursive: true, force: true });
  }
}

/**
 * What a process leaves that is killed in no time, though a copy takes some: all that the journals tell, though it may go meanwhile, and
 * perhaps more. The sound that a journal ends with is overwritten by what comes two batches later: both are copied until they are of one
 * moment.
 */
export async function copyAsLeft(from: string, to: string): Promise<void> {
  const isJournal = (path: string): boolean => path.endsWith('/journal');
  const isSound = (path: string): boolean => path.endsWith('/sound');
  const isUpload = (path: string): boolean => /\/(chunks|speech)\//.test(path);
  await copyTree(from, to, isUpload);
  for (let tries = 0, before = ''; tries < MAX_TRIES; tries++) {
    await copyTree(from, to, isJournal);
    await copyTree(from, to, isSound);
    const now = await sizesOf(from, isJournal);
    if (now === before) break;
    before = now;
  }
  await copyTree(from, to, (path) => !isJournal(path) && !isSound(path));
}

async function sizesOf(directory: string, wanted: (path: string) => boolean): Promise<string> {
  const names = await readdir(directory, { recursive: true });
  const paths = names.map((name) => join(directory, name)).filter(wanted);
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(orGone))?.size));
  return sizes.join();
}

async function copyTree(from: string, to: string, wanted: (path: string) => boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, wanted);
    else if (wanted(source)) await copyFile(source, target).catch(orGone);
  }
}

function orGone(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

/** Names of all frames, and the sound, of a stream from its first listed segment on. */
export type Heard = { readonly frames: readonly string[]; readonly pcm: Int16Array };

/** What a player gets that loads all of a stream. */
export async function heard({ output }: Session): Promise<Heard> {
  const playlist = output.playlist('v0');
  const uris = [
    ...(playlist?.segments ?? []).map(({ uri }) => uri),
    ...(playlist?.open?.parts ?? []).map(({ uri }) => uri),
  ];
  const reader = new FragmentReader();
  reader.push(await bytesOf(output, 'init0.mp4'));
  const frames: string[] = [];
  const blocks: Uint8Array[] = [];
  for (const uri of uris) {
    for (const event of reader.push(await bytesOf(output, uri))) {
      if (event.type !== 'fragment') continue;
      for (const { trackId, samples } of event.fragment.tracks) {
        if (trackId === VIDEO_TRACK_ID)
          frames.push(...samples.map(({ data }) => new TextDecoder().decode(data).trimEnd()));
        if (trackId === AUDIO_TRACK_ID) blocks.push(...samples.map(({ data }) => data));
      }
    }
  }
  const pcm = new Int16Array(blocks.length * AAC_BLOCK);
  for (const [at, block] of blocks.entries()) new Uint8Array(pcm.buffer).set(block, at * AAC_BLOCK * 2);
  return { frames, pcm };
}

export async function bytesOf(output: Session['output'], uri: string, rendition = 'v0'): Promise<Uint8Array> {
  const bytes = await hintedPart(output, rendition, uri);
  if (!bytes) throw new Error(`there is no ${uri}`);
  return bytes;
}

/** The sound that belongs to frames, from the first one on, as far as `samples` goes. */
export function wantedPcm(frames: readonly string[], samples: number): Int16Array {
  const perFrame = PROFILE.audioRate / PROFILE.fps;
  const wanted = new Int16Array(samples);
  frames.forEach((frame, index) => {
    if (frame.startsWith('~')) return;
    const from = Number(frame.slice(1)) * perFrame;
    for (let at = 0; at < perFrame && index * perFrame + at < samples; at++)
      wanted[index * perFrame + at] = pcmOf(frame, from + at);
  });
  return wanted;
}
