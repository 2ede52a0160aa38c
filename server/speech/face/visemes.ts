import type { PhonemeTime } from '../voice/speech.ts';
import { type MouthShape, SILENCE, type Viseme, visemesOf } from './ipa.ts';

/** The mouth prepares what comes within this time, in seconds, and still shows what was just said. */
const AHEAD = 0.08;
const BEHIND = 0.05;
const STEP = 0.01;
/** Lips of "m", "b" and "p" are shut in every picture whose middle is in the sound or this near to it, in seconds. */
const CLOSURE_SLACK = 0.01;

type Span = { readonly start: number; readonly end: number; readonly viseme: Viseme };

/** The first half of a diphthong is the longer one. */
function spansOf({ ipa, start, end }: PhonemeTime): Span[] {
  const visemes = visemesOf(ipa);
  const parts =
    visemes.length === 2 ? [0, 0.58, 1] : Array.from({ length: visemes.length + 1 }, (_, at) => at / visemes.length);
  return visemes.map((viseme, at) => ({
    start: start + (end - start) * (parts[at] ?? 0),
    end: start + (end - start) * (parts[at + 1] ?? 1),
    viseme,
  }));
}

function spansFrom(phonemes: readonly PhonemeTime[]): Span[] {
  return phonemes
    .filter(({ start, end }) => Number.isFinite(start) && Number.isFinite(end) && end > start)
    .toSorted((one, other) => one.start - other.start)
    .flatMap(spansOf);
}

/** Looks up what is said at times that only grow by little. */
function createLookup(spans: readonly Span[]): (time: number) => Viseme {
  let at = 0;
  return (time) => {
    while (at > 0 && (spans[at]?.start ?? Infinity) > time) at--;
    while (at < spans.length - 1 && (spans[at]?.end ?? Infinity) <= time) at++;
    const span = spans[at];
    return span !== undefined && time >= span.start && time < span.end ? span.viseme : SILENCE;
  };
}

const CHANNELS = ['open', 'wide', 'teeth', 'bite', 'press', 'tongue'] as const;
type Draft = Record<(typeof CHANNELS)[number], number>;
const CLOSED: MouthShape = { open: 0, wide: 0, teeth: 0, bite: 0, press: 1, tongue: 0 };

/** What is said around `time`, the nearest most. */
function blend(lookup: (time: number) => Viseme, time: number): MouthShape {
  const sum: Draft = { open: 0, wide: 0, teeth: 0, bite: 0, press: 0, tongue: 0 };
  let total = 0;
  for (let offset = -BEHIND; offset <= AHEAD + 1e-9; offset += STEP) {
    const reach = offset < 0 ? BEHIND : AHEAD;
    const viseme = lookup(time + offset);
    const weight = Math.cos((offset / (reach + STEP)) * (Math.PI / 2)) ** 2 * viseme.hold;
    total += weight;
    for (const channel of CHANNELS) sum[channel] += viseme[channel] * weight;
  }
  for (const channel of CHANNELS) sum[channel] /= total;
  // Only shut lips are pressed: on the way there they just come near.
  return { ...sum, press: 0, open: sum.open * (1 - 0.5 * sum.press) };
}

/** Shuts the pictures of each "m", "b" and "p"; one at least, however short the sound and few the pictures. */
function close(shapes: MouthShape[], spans: readonly Span[], fps: number): void {
  for (const { start, end, viseme } of spans) {
    if (viseme.press < 1) continue;
    const middle = Math.floor(((start + end) / 2) * fps);
    const first = Math.min(middle, Math.ceil((start - CLOSURE_SLACK) * fps - 0.5));
    const last = Math.max(middle, Math.floor((end + CLOSURE_SLACK) * fps - 0.5));
    for (let at = Math.max(0, first); at <= last && at < shapes.length; at++) {
      shapes[at] = { ...CLOSED, wide: (shapes[at]?.wide ?? 0) * 0.5 };
    }
  }
}

/** Mouth shapes of timed phonemes, one per picture, before the loudness of the sound has its say. */
export function visemeTrack(phonemes: readonly PhonemeTime[], fps: number, frames: number): MouthShape[] {
  const spans = spansFrom(phonemes);
  const lookup = createLookup(spans);
  const shapes = Array.from({ length: frames }, (_, at) => blend(lookup, (at + 0.5) / fps));
  close(shapes, spans, fps);
  return shapes;
}
