import type { PlayerEvent, Published, Stages } from './session-event.ts';

/** What is done for an answer, in order. `ours`: neither a language model, nor a voice, nor a face has to be waited for. */
export const STAGES = [
  { name: 'asr', title: 'Recognition', ours: false },
  { name: 'llm', title: 'First token', ours: false },
  { name: 'sentence', title: 'Sentence', ours: false },
  { name: 'tts', title: 'Voice', ours: false },
  { name: 'avatar', title: 'Face', ours: false },
  { name: 'encode', title: 'Encode', ours: true },
  { name: 'publish', title: 'Publish', ours: true },
  { name: 'screen', title: 'Screen', ours: true },
] as const;
export type StageName = (typeof STAGES)[number]['name'];

/** In milliseconds from the moment the user asked. */
export type Bar = { readonly stage: StageName; readonly fromMs: number; readonly toMs: number };

export type ChunkTiming = {
  readonly id: string;
  readonly text: string;
  readonly bars: readonly Bar[];
  /** When its first picture was on this screen. */
  readonly screenMs?: number;
};

export type TurnTiming = { readonly turn: string; readonly chunks: readonly ChunkTiming[] };

/** What the user did, by performance.now(). */
export type Asked = {
  /** Enter pressed, or the button that listens let go. */
  readonly askedMs: number;
  /** The request was sent: later, when the browser had to recognise speech first. */
  readonly sentMs: number;
  /** A recording: most of the request's time goes into its bytes. */
  readonly recorded: boolean;
};

type Draft = {
  readonly turn: string;
  /** `at` of turn.started. */
  readonly atMs: number;
  /** performance.now() of the moment it was asked. */
  originMs: number;
  /** From that moment to the start of the turn on the server. */
  offsetMs: number;
  heardMs: number;
  /** When it was known here that the turn has started. */
  readonly arrivedMs: number;
  readonly chunks: { timing: ChunkTiming; startMs: number; endMs: number }[];
};

/** More than a long answer has. */
const MAX_CHUNKS = 64;
/** A picture's date may round to before its chunk's. */
const FRAME_MS = 20;
/** What the browser's own recogniser takes is drawn from here on. */
const NOTICEABLE_MS = 20;

/** Times the stages of the last turn, from the session's events and from what is on screen. Reads no clock. */
export class TurnTimings {
  #last: Draft | undefined;
  #asked: Asked | undefined;
  #shown: TurnTiming | undefined;
  #stale = false;

  /** The last turn of which something is known; the same object until something changes. */
  get latest(): TurnTiming | undefined {
    const last = this.#last;
    if (last !== undefined && last.chunks.length > 0 && this.#stale) {
      this.#stale = false;
      this.#shown = { turn: last.turn, chunks: last.chunks.map(({ timing }) => timing) };
    }
    return this.#shown;
  }

  /** The user asks: the next turn that starts is the answer. */
  ask(asked: Asked): void {
    this.#asked = asked;
  }

  /** The server named the turn that answers: of several that start at once, that one. */
  taken(turn: string, asked: Asked): void {
    if (this.#asked === asked) {
      this.#asked = undefined;
    }
    if (this.#last?.turn === turn) {
      this.#place(this.#last, asked);
    }
  }

  /** The request failed. */
  refused(asked: Asked): void {
    if (this.#asked === asked) {
      this.#asked = undefined;
    }
  }

  /**
   * @param nowMs - performance.now().
   * @param isNow - False for what a late joiner is told of the past: how long that took can't be seen any more.
   */
  apply(event: PlayerEvent, nowMs: number, isNow: boolean): void {
    if (event.type === 'turn.started' && isNow) {
      this.#stale = true;
      this.#last = {
        turn: event.turn,
        atMs: Date.parse(event.at),
        originMs: nowMs,
        offsetMs: 0,
        heardMs: 0,
        arrivedMs: nowMs,
        chunks: [],
      };
      if (this.#asked !== undefined) {
        this.#place(this.#last, this.#asked);
        this.#asked = undefined;
      }
    } else if (event.type === 'chunk.published' && this.#last !== undefined && event.chunk.turn === this.#last.turn) {
      this.#add(this.#last, event);
    }
  }

  /** A picture is on screen. @param dateMs - Its program date time. @param nowMs - performance.now() of that moment. */
  present(dateMs: number, nowMs: number): void {
    for (const chunk of this.#last?.chunks ?? []) {
      const { timing, startMs, endMs } = chunk;
      if (timing.screenMs === undefined && dateMs >= startMs - FRAME_MS && dateMs < endMs) {
        const screenMs = nowMs - (this.#last?.originMs ?? 0);
        const publishedMs = Math.max(0, ...timing.bars.map(({ toMs }) => toMs));
        const bar = { stage: 'screen', fromMs: Math.min(publishedMs, screenMs), toMs: screenMs } as const;
        chunk.timing = { ...timing, bars: [...timing.bars, bar], screenMs };
        this.#stale = true;
      }
    }
  }

  #place(draft: Draft, { askedMs, sentMs, recorded }: Asked): void {
    const underWayMs = Math.max(0, draft.arrivedMs - sentMs);
    draft.originMs = askedMs;
    draft.heardMs = sentMs - askedMs;
    // There and back again: the turn began about half way.
    draft.offsetMs = draft.heardMs + underWayMs * (recorded ? 1 : 0.5);
    this.#stale = true;
  }

  #add(last: Draft, event: Published): void {
    const startMs = event.programDateTime?.getTime() ?? Number.NaN;
    const { id, text = '' } = event.chunk;
    if (last.chunks.length >= MAX_CHUNKS || last.chunks.some(({ timing }) => timing.id === id)) {
      return;
    }
    const stages = event.stages ?? stagesFrom(event, Date.parse(event.at) - last.atMs);
    const bars: Bar[] = STAGES.flatMap(({ name }) => {
      const times = stages.get(name);
      return times ? [{ stage: name, fromMs: times[0] + last.offsetMs, toMs: times[1] + last.offsetMs }] : [];
    });
    if (last.heardMs > NOTICEABLE_MS) {
      bars.unshift({ stage: 'asr', fromMs: 0, toMs: last.heardMs });
    }
    last.chunks.push({ timing: { id, text, bars }, startMs, endMs: startMs + event.duration * 1000 });
    this.#stale = true;
  }
}

/** Of an older server, which tells lengths alone: one after the other, up to when the first part was out. */
function stagesFrom({ lengths }: Published, publishedMs: number): Stages {
  const { queuedMs = 0, ttsMs = 0, avatarMs = 0, encodeMs = 0, firstPartMs = 0 } = lengths;
  const stages = new Map<string, readonly [number, number]>();
  let atMs = publishedMs - firstPartMs + queuedMs;
  for (const [name, ms] of [
    ['tts', ttsMs],
    ['avatar', avatarMs],
    ['encode', encodeMs],
  ] as const) {
    if (ms > 0) {
      stages.set(name, [atMs, atMs + ms]);
      atMs += ms;
    }
  }
  return stages.set('publish', [Math.min(atMs, publishedMs), publishedMs]);
}

/**
 * How long the user waited for the first picture of the answer, and how much of that was neither language model, voice nor face.
 *
 * @returns undefined until it is on screen.
 */
export function waitOf({ chunks }: TurnTiming): { totalMs: number; oursMs: number } | undefined {
  const first = chunks[0];
  if (first?.screenMs === undefined) {
    return undefined;
  }
  const totalMs = first.screenMs;
  const theirs = first.bars.filter(({ stage }) => STAGES.some(({ name, ours }) => name === stage && !ours));
  let coveredMs = 0;
  let untilMs = 0;
  for (const { fromMs, toMs } of theirs.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const endMs = Math.min(toMs, totalMs);
    coveredMs += Math.max(0, endMs - Math.max(fromMs, untilMs));
    untilMs = Math.max(untilMs, endMs);
  }
  return { totalMs, oursMs: totalMs - coveredMs };
}
