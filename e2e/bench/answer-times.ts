import type { SessionEvent } from '../../server/session/types.ts';
import type { Figure } from './figures.ts';

/** What is known of the way of one answer to the screen; wall clock in ms since 1970. */
export type AnswerMarks = {
  /** The request left. */
  readonly sentMs: number;
  readonly turnStarted: SessionEvent;
  /** `chunk.published` of its first sentence. */
  readonly published: SessionEvent;
  /** The first sentence's first picture was on screen. */
  readonly shownMs: number;
  /** Media that the player had in hand when the request left. */
  readonly aheadMs: number;
  /** Filler between its first sentence and its second, if it has two. */
  readonly pauseMs: number | undefined;
  /** Filler in the middle of its sentences, because the face fell behind. */
  readonly brokenMs: number;
};

/** How long each stage of one answer took, one after the other, in ms. */
export type AnswerTimes = {
  readonly total: number;
  readonly request: number;
  readonly llm: number;
  readonly sentence: number;
  readonly tts: number;
  readonly face: number;
  readonly encode: number;
  /** What the face takes for the rest of the first part: no part can be published before that. */
  readonly facePart: number;
  /** Held though the first part was there, so that a face no faster than the clock is not outrun. */
  readonly held: number;
  readonly publish: number;
  /** Between the stages. */
  readonly handOver: number;
  readonly screen: number;
  readonly ahead: number;
  /** All but language model, voice and face, and what is held for the face. */
  readonly ours: number;
  readonly oursServer: number;
  readonly oursHeld: number;
  readonly pause: number | undefined;
  readonly broken: number;
  /** Length of the first sentence. */
  readonly length: number;
};

type Stages = Readonly<Record<string, readonly [number, number] | undefined>>;

/**
 * Splits the time from the request to the first picture.
 *
 * @param facePartMs - What the face takes for a part, less its first picture; 0: a face much faster than the clock, nothing is held for it.
 */
export function splitAnswer(marks: AnswerMarks, facePartMs: number): AnswerTimes {
  const { sentMs, turnStarted, published, shownMs } = marks;
  const stages = published.stages as Stages;
  const took = (name: string): number => {
    const times = stages[name];
    return times === undefined ? 0 : times[1] - times[0];
  };
  const startedMs = Date.parse(turnStarted.at);
  const publishedMs = startedMs + (stages.publish?.[1] ?? Number.NaN);
  const [llm, sentence, tts, face, encode] = [
    took('llm'),
    took('sentence'),
    took('tts'),
    took('avatar'),
    took('encode'),
  ];
  const [total, request, screen] = [shownMs - sentMs, startedMs - sentMs, shownMs - publishedMs];
  const facePart = Math.min(facePartMs, took('publish'));
  const held = facePartMs > 0 ? took('publish') - facePart : 0;
  const theirs = llm + sentence + tts + face + facePart;
  return {
    ...{ total, request, llm, sentence, tts, face, encode, facePart, held, screen },
    publish: took('publish') - facePart - held,
    handOver: publishedMs - startedMs - llm - sentence - tts - face - encode - took('publish'),
    ahead: marks.aheadMs,
    ours: total - theirs - held,
    oursServer: total - theirs - held - screen,
    oursHeld: total - theirs,
    pause: marks.pauseMs,
    broken: marks.brokenMs,
    length: Number(published.duration) * 1000,
  };
}

const ROWS: readonly (readonly [key: keyof AnswerTimes, title: string])[] = [
  ['total', 'utterance -> first frame of the answer on screen'],
  ['request', '  POST sent -> turn begun'],
  ['llm', '  LLM: first token'],
  ['sentence', '  LLM: rest of the first sentence'],
  ['tts', '  voice'],
  ['face', '  face: first picture'],
  ['encode', '  encode: first frame'],
  ['facePart', '  face: rest of the first part'],
  ['held', '  held for the face'],
  ['publish', '  publish: first part'],
  ['handOver', '  handing over between stages'],
  ['screen', '  published -> on screen'],
  ['ours', 'ours: all but LLM, voice, face and the hold for it'],
  ['oursServer', '  of it: in the server'],
  ['ahead', '  of it: media the player had in hand'],
  ['oursHeld', 'ours, the hold for the face counted'],
  ['pause', 'filler between first and second sentence'],
  ['broken', 'filler in the middle of a sentence'],
  ['length', 'length of the first sentence'],
];

/** A row per stage; stages that never took time are left out. */
export function answerFigures(id: string, name: string, answers: readonly AnswerTimes[]): Figure[] {
  return ROWS.flatMap(([key, title]) => {
    const samples = answers.map((times) => times[key]).filter((value) => value !== undefined);
    const isEmpty = samples.every((value) => value === 0) && key !== 'pause' && key !== 'broken';
    const isSame = key === 'oursHeld' && answers.every(({ held }) => held === 0);
    if (samples.length === 0 || isEmpty || isSame) return [];
    return [{ id: `answer.${id}.${key}`, title: `${name}${title}`, unit: 'ms', samples }];
  });
}
