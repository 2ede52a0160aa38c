import type { Interruption, SessionEvent, SessionOptions, SessionStatus } from '../../server/session/types.ts';
import { voiceTone, wavHeader } from '../../server/speech/testing/tone.ts';
import { deleteSession, endSession, openSession, sessionStatus } from './api.ts';
import { EventReader } from './event-reader.ts';

/** Small pictures: what is tested is what is said, and when. */
export const SMALL_PROFILE = { width: 128, height: 128, fps: 10, audioRate: 24_000 } as const;

export type AskOptions = {
  readonly onBusy?: 'interrupt' | 'queue';
  readonly voice?: string;
  readonly language?: string;
  readonly turn?: string;
  /** `Idempotency-Key`. */
  readonly key?: string;
};

export type Published = SessionEvent & {
  readonly chunk: { readonly id: string; readonly index: number; readonly turn: string; readonly text: string };
  readonly start: number;
  readonly duration: number;
  readonly stages: Readonly<Record<string, readonly [number, number]>>;
};
export type DegradedEvent = SessionEvent & {
  readonly stage: string;
  readonly to: string;
  readonly reason: { readonly code: string; readonly detail: string };
};

export type Refusal = { readonly status: number; readonly code: string };

/** A WAV file in which somebody speaks, for ears. */
export function recordingOf(seconds: number): Uint8Array<ArrayBuffer> {
  const sound = voiceTone(seconds * 1000, 16_000);
  return new Uint8Array(Buffer.concat([wavHeader(sound.length, 16_000), sound]));
}

/** Somebody who talks with a session: asks, interrupts, and follows what comes. */
export class Talker implements AsyncDisposable {
  readonly id: string;
  readonly origin: string;
  readonly playlistUrl: string;
  readonly eventsUrl: string;
  readonly events: EventReader;
  #deleted = false;

  private constructor(origin: string, opened: { id: string; playlistUrl: string; eventsUrl: string }) {
    this.origin = origin;
    this.id = opened.id;
    this.playlistUrl = opened.playlistUrl;
    this.eventsUrl = opened.eventsUrl;
    this.events = new EventReader(opened.eventsUrl);
  }

  static async open(origin: string, options: SessionOptions = {}): Promise<Talker> {
    return new Talker(origin, await openSession(origin, { profile: SMALL_PROFILE, ...options }));
  }

  get url(): string {
    return `${this.origin}/v1/sessions/${this.id}`;
  }

  /** What a user types. @returns the turn's name. */
  async ask(text: string, options: AskOptions = {}): Promise<string> {
    const answer = await this.post('turns', text, options);
    return accepted(answer).turn;
  }

  /** The answer to a request as it is: refusals too. */
  async post(path: 'turns' | 'say', text: string, { key, ...fields }: AskOptions = {}): Promise<Response> {
    return await fetch(`${this.url}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify({ text, ...fields }),
    }).then(settled);
  }

  /** A recording of what a user says. */
  async speak(wav: Uint8Array<ArrayBuffer>, query = ''): Promise<Response> {
    const headers = { 'content-type': 'audio/wav' };
    return await fetch(`${this.url}/turns${query}`, { method: 'POST', headers, body: wav }).then(settled);
  }

  async interrupt(): Promise<Interruption> {
    const response = await settled(await fetch(`${this.url}/interrupt`, { method: 'POST' }));
    if (response.status !== 200) throw new Error(`interrupt: ${response.status} ${await response.text()}`);
    return (await response.json()) as Interruption;
  }

  async completed(turn: string): Promise<SessionEvent> {
    return await this.events.first(`turn.completed of ${turn}`, (event) => isOf(event, 'turn.completed', turn));
  }

  async event(type: SessionEvent['type'], turn?: string): Promise<SessionEvent> {
    return await this.events.first(`${type} of ${turn ?? 'any turn'}`, (event) => isOf(event, type, turn));
  }

  /** The chunk that carries a sentence, once its first part is published. */
  async published(text: string): Promise<Published> {
    return (await this.events.first(
      `chunk.published of '${text}'`,
      (event) => event.type === 'chunk.published' && event.text === text,
    )) as Published;
  }

  /** Chunks of a turn that are published, in the order of their events. */
  chunks(turn?: string): Published[] {
    return this.events.ofType('chunk.published', turn) as Published[];
  }

  degraded(turn?: string): DegradedEvent[] {
    return this.events.ofType('degraded', turn) as DegradedEvent[];
  }

  /** `<stage> <to>` of what went wrong in a turn. */
  ways(turn: string): string[] {
    return this.degraded(turn).map(({ stage, to }) => `${stage} ${to}`);
  }

  async status(): Promise<SessionStatus> {
    return await sessionStatus(this.origin, this.id);
  }

  async end(): Promise<void> {
    await endSession(this.origin, this.id);
  }

  /** Deletes the session. Idempotent. */
  async delete(): Promise<void> {
    if (this.#deleted) return;
    this.#deleted = true;
    await deleteSession(this.origin, this.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.events.close();
    await this.delete();
  }
}

function isOf(event: SessionEvent, type: SessionEvent['type'], turn: string | undefined): boolean {
  const { chunk } = event as { chunk?: { turn?: string } };
  return event.type === type && (turn === undefined || (event.turn ?? chunk?.turn) === turn);
}

type Answer = Response & { readonly parsed: unknown };

/** Reads the body, so that no connection waits for that; `parsed` is its JSON. */
async function settled(response: Response): Promise<Answer> {
  const text = await response.text();
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  return Object.assign(new Response(text, { status: response.status, headers: response.headers }), { parsed });
}

function accepted(response: Response): { turn: string } {
  const { parsed } = response as Answer;
  if (response.status !== 202) throw new Error(`the turn was refused: ${response.status} ${JSON.stringify(parsed)}`);
  return parsed as { turn: string };
}

/** Status and code of a refusal. */
export function refusal(response: Response): Refusal {
  const { parsed } = response as Answer;
  return { status: response.status, code: (parsed as { code?: string } | undefined)?.code ?? '' };
}
