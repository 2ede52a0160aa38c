import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { OwnedProcess } from '../../server/lib/owned-process.ts';
import { drawClip, wavSeconds } from './draw-clip.ts';
import type { AvatarService, AvatarServiceOptions, ServedJob } from './service.ts';

/** Between looks for new jobs, and for jobs that were given up. */
const LOOK_MS = 50;

type Order = {
  readonly id: string;
  readonly text: string;
  readonly audio: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly look?: string;
  readonly createdAt: string;
};

class FolderService implements AvatarService {
  readonly url = '';
  readonly jobs: ServedJob[] = [];
  readonly #options: AvatarServiceOptions;
  readonly #jobsIn: string;
  readonly #clipsIn: string;
  /** Orders that were answered; one that is written again is a new one. */
  readonly #answered = new Set<string>();
  #isClosing = false;
  #running: Promise<void> = Promise.resolve();
  #taken = 0;

  constructor(folder: string, options: AvatarServiceOptions) {
    this.#options = options;
    this.#jobsIn = join(folder, 'jobs');
    this.#clipsIn = join(folder, 'clips');
  }

  async start(): Promise<void> {
    await mkdir(this.#jobsIn, { recursive: true });
    await mkdir(this.#clipsIn, { recursive: true });
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#running;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #run(): Promise<void> {
    while (!this.#isClosing) {
      const order = await this.#next();
      if (order) await this.#answer(order);
      else await delay(LOOK_MS);
    }
  }

  /** The oldest order that has no clip yet. */
  async #next(): Promise<Order | undefined> {
    const clips = await readdir(this.#clipsIn);
    const names = (await readdir(this.#jobsIn)).filter((name) => /^[a-z0-9-]{1,64}\.json$/.test(name));
    const orders = await Promise.all(names.map((name) => this.#read(name)));
    return orders
      .filter((order) => order !== undefined)
      .filter(({ id, createdAt }) => !this.#answered.has(`${id} ${createdAt}`))
      .filter(({ id }) => !clips.includes(`${id}.mp4`) && !clips.includes(`${id}.error.txt`))
      .sort((one, other) => one.createdAt.localeCompare(other.createdAt))[0];
  }

  /** `undefined` when it was given up. */
  async #read(name: string): Promise<Order | undefined> {
    const text = await readFile(join(this.#jobsIn, name), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as Order);
  }

  async #isWanted(id: string): Promise<boolean> {
    return !this.#isClosing && (await this.#read(`${id}.json`)) !== undefined;
  }

  async #answer(order: Order): Promise<void> {
    const { id, text, look } = order;
    const job: ServedJob = { id, text, ...(look !== undefined && { look }), outcome: 'begun' };
    this.jobs.push(job);
    if (this.#taken++ < (this.#options.fail ?? 0)) {
      await this.#put(`${id}.error.txt`, async (path) => await writeFile(path, 'failed as told to\n'));
      job.outcome = 'failed';
    } else if (this.#options.hang) {
      while (await this.#isWanted(id)) await delay(LOOK_MS);
      job.outcome = 'left';
    } else {
      await this.#draw(order, job);
    }
    if (!this.#isClosing) this.#answered.add(`${id} ${order.createdAt}`);
  }

  async #draw(order: Order, job: ServedJob): Promise<void> {
    const { speed = 1, share = 1, cut = false, ffmpegPath = 'ffmpeg' } = this.#options;
    const directory = await mkdtemp(join(tmpdir(), 'avatar-service-'));
    try {
      const wavPath = join(directory, 'speech.wav');
      const wav = await readFile(join(this.#jobsIn, `${order.id}.wav`));
      await writeFile(wavPath, wav);
      const frames = Math.max(1, Math.floor(Math.ceil(wavSeconds(wav) * order.fps) * share));
      await this.#put(`${order.id}.mp4`, async (outputPath) => {
        const child = drawClip(ffmpegPath, { ...order, wavPath, frames, speed, outputPath });
        await Promise.all([child.done, this.#stopUnwanted(order.id, child)]);
        if (cut) await truncate(outputPath, 1000);
      });
      job.outcome = cut ? 'cut' : 'done';
    } catch (error) {
      job.outcome = (await this.#isWanted(order.id)) ? 'failed' : 'left';
      if (job.outcome === 'failed') {
        await this.#put(`${order.id}.error.txt`, async (path) => await writeFile(path, String(error)));
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** A job whose order was removed is not wanted any more. */
  async #stopUnwanted(id: string, child: OwnedProcess): Promise<void> {
    while (!child.exited) {
      if (!(await this.#isWanted(id))) child.stop();
      await delay(LOOK_MS);
    }
  }

  /** Nobody sees a file that is being written: it gets its name when it is done. */
  async #put(name: string, write: (path: string) => Promise<void>): Promise<void> {
    const path = join(this.#clipsIn, `.${name}.tmp`);
    try {
      await write(path);
      await rename(path, join(this.#clipsIn, name));
    } finally {
      await rm(path, { force: true });
    }
  }
}

export async function serveFolder(folder: string, options: AvatarServiceOptions): Promise<AvatarService> {
  const service = new FolderService(folder, options);
  await service.start();
  return service;
}
