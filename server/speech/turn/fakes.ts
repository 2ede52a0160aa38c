import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { Avatar, AvatarJob, Picture, Speech, SpeechRequest, Tts } from '../providers.ts';

/** Providers for tests whose every call is answered by hand. */

export const PICTURE: Picture = { width: 2, height: 2, fps: 10 };

export type Call<Request, Result> = {
  readonly request: Request;
  readonly signal: AbortSignal;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

/** Lets everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Half a second of speech. */
export function speech(seconds = 0.5): Speech {
  return { pcm: new Int16Array(seconds * 16_000).fill(1_000), audioRate: 16_000 };
}

function callFor<Request extends { readonly signal: AbortSignal }, Result>(
  calls: Call<Request, Result>[],
  request: Request,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  request.signal.addEventListener('abort', () => reject(new StreamError('ABORTED', 'aborted')), { once: true });
  calls.push({ request, signal: request.signal, resolve, reject });
  return promise;
}

export class FakeTts implements Tts {
  readonly name: string;
  readonly voices = [];
  readonly calls: Call<SpeechRequest & { readonly signal: AbortSignal }, Speech>[] = [];

  constructor(name = 'fake') {
    this.name = name;
  }

  check(): void {
    // Every voice is fine.
  }

  speak(request: SpeechRequest & { readonly signal: AbortSignal }): Promise<Speech> {
    return callFor(this.calls, request);
  }

  /** Texts that were asked for, in order. */
  get texts(): string[] {
    return this.calls.map(({ request }) => request.text);
  }
}

export class FakeAvatar implements Avatar {
  readonly name: string;
  readonly concurrency: number;
  readonly looks = [];
  readonly calls: Call<AvatarJob, RawClip | undefined>[] = [];

  constructor(name = 'avatar', concurrency = 1) {
    this.name = name;
    this.concurrency = concurrency;
  }

  render(job: AvatarJob): Promise<RawClip | undefined> {
    return callFor(this.calls, job);
  }

  idle(): RawClip {
    return clipOf(speech());
  }

  idleLook(): string {
    return 'fake';
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  get texts(): string[] {
    return this.calls.map(({ request }) => request.text);
  }
}

export function clipOf({ pcm, audioRate }: Speech): RawClip {
  const frames = Math.ceil((pcm.length * PICTURE.fps) / audioRate);
  return { ...PICTURE, frames, pictures: pictures(frames), pcm, audioRate };
}

async function* pictures(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index++) yield new Uint8Array(16);
}

export async function readAll(clip: RawClip): Promise<number> {
  let count = 0;
  for await (const _ of clip.pictures) count += 1;
  return count;
}
