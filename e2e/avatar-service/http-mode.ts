import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type DrawOrder, drawClip, wavSeconds } from './draw-clip.ts';
import type { AvatarService, AvatarServiceOptions, ServedJob } from './service.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

async function formIn(request: IncomingMessage): Promise<FormData> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_BODY_BYTES) throw new Error(`the body is larger than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  const type = request.headers['content-type'] ?? '';
  return await new Response(new Uint8Array(Buffer.concat(chunks)), { headers: { 'content-type': type } }).formData();
}

const numberIn = (form: FormData, name: string): number => {
  const value = Number(form.get(name));
  if (!Number.isInteger(value) || value < 1 || value > 4096) throw new Error(`${name} must be from 1 to 4096`);
  return value;
};

function answerError(response: ServerResponse, status: number, message: string, headers = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(`${message}\n`);
}

class HttpService implements AvatarService {
  readonly jobs: ServedJob[] = [];
  readonly #options: AvatarServiceOptions;
  readonly #server = createServer((request, response) => this.#take(request, response));
  readonly #running = new Set<Promise<void>>();
  #isBusy = false;
  #taken = 0;
  #closed: Promise<void> | undefined;

  constructor(options: AvatarServiceOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    this.#server.listen(this.#options.port ?? 0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo | null)?.port}/`;
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, ...this.#running]);
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const running = this.#answer(request, response)
      .catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else answerError(response, 400, String(error));
      })
      .then(() => void this.#running.delete(running));
    this.#running.add(running);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return answerError(response, 405, 'POST a job', { allow: 'POST' });
    const form = await formIn(request);
    const job: ServedJob = {
      id: String(form.get('job')),
      text: String(form.get('text')),
      ...(form.has('look') && { look: String(form.get('look')) }),
      ...(request.socket.remotePort !== undefined && { clientPort: request.socket.remotePort }),
      outcome: this.#isBusy ? 'busy' : 'begun',
    };
    this.jobs.push(job);
    if (this.#isBusy) return answerError(response, 503, 'one job at a time', { 'retry-after': '1' });
    this.#isBusy = true;
    try {
      await this.#do(job, form, response);
    } finally {
      this.#isBusy = false;
    }
  }

  async #do(job: ServedJob, form: FormData, response: ServerResponse): Promise<void> {
    const { fail = 0, hang = false } = this.#options;
    if (this.#taken++ < fail) {
      job.outcome = 'failed';
      return answerError(response, 500, 'failed as told to');
    }
    if (hang) {
      if (!response.destroyed) await once(response, 'close');
      job.outcome = 'left';
      return;
    }
    const directory = await mkdtemp(join(tmpdir(), 'avatar-service-'));
    try {
      await this.#draw(job, form, directory, response);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #draw(job: ServedJob, form: FormData, directory: string, response: ServerResponse): Promise<void> {
    const { speed = 1, cut = false, share = 1, indexAtEnd = false, ffmpegPath = 'ffmpeg' } = this.#options;
    const audio = form.get('audio');
    if (!(audio instanceof File)) throw new Error('audio must be a file');
    const wav = Buffer.from(await audio.arrayBuffer());
    const wavPath = join(directory, 'speech.wav');
    await writeFile(wavPath, wav);
    const picture = { width: numberIn(form, 'width'), height: numberIn(form, 'height'), fps: numberIn(form, 'fps') };
    const frames = Math.max(1, Math.floor(Math.ceil(wavSeconds(wav) * picture.fps) * share * (cut ? 0.5 : 1)));
    const order: DrawOrder = { ...picture, id: job.id, wavPath, frames, speed };
    const outputPath = join(directory, 'clip.mp4');
    const child = drawClip(ffmpegPath, indexAtEnd ? { ...order, outputPath } : order);
    const leave = (): void => child.stop();
    response.once('close', leave);
    if (response.destroyed) leave();
    try {
      response.writeHead(200, { 'content-type': 'video/mp4' });
      response.flushHeaders();
      if (indexAtEnd) await child.done;
      const clip = indexAtEnd ? createReadStream(outputPath) : child.readable(1);
      await pipeline(clip, response, { end: false });
      await child.done;
      job.outcome = cut ? 'cut' : 'done';
      response.off('close', leave);
      if (cut) response.destroy();
      else response.end();
    } catch (error) {
      job.outcome = response.destroyed ? 'left' : 'failed';
      if (!response.destroyed) throw error;
    } finally {
      child.stop();
      await child.done.catch(() => undefined);
    }
  }
}

export async function serveHttp(options: AvatarServiceOptions): Promise<AvatarService> {
  const service = new HttpService(options);
  await service.listen();
  return service;
}
