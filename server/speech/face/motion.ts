import type { Speech } from '../voice/speech.ts';

/** Frames where the voice is at its loudest, at least 0.7 s apart: where people nod and raise their brows. */
function accentFrames(level: readonly number[], fps: number): number[] {
  const accents: number[] = [];
  for (const [at, value] of level.entries()) {
    const isPeak = value > 0.6 && value >= (level[at - 1] ?? 0) && value > (level[at + 1] ?? 0);
    if (isPeak && at - (accents.at(-1) ?? -Infinity) > fps * 0.7) accents.push(at);
  }
  return accents;
}

/** Adds a smooth bump of `height` and 2 * `reach` frames to `curve`. */
function addBump(curve: Float64Array, middle: number, reach: number, height: number): void {
  const first = Math.max(0, Math.ceil(middle - reach));
  const last = Math.min(curve.length - 1, Math.floor(middle + reach));
  for (let at = first; at <= last; at++) {
    curve[at] = (curve[at] ?? 0) + height * Math.cos(((at - middle) / reach) * (Math.PI / 2)) ** 2;
  }
}

/** -1 to 1: rests at places chosen by chance, every `from` to `to` seconds another, and moves smoothly between. */
export function wander(
  frames: number,
  fps: number,
  random: () => number,
  pause: { from: number; to: number },
): Float64Array {
  const curve = new Float64Array(frames);
  let place = random() * 2 - 1;
  let start = 0;
  while (start < frames) {
    const goal = random() * 2 - 1;
    const length = Math.max(2, Math.round(fps * (pause.from + random() * (pause.to - pause.from))));
    for (let at = 0; at < length && start + at < frames; at++) {
      const share = (1 - Math.cos((Math.PI * at) / length)) / 2;
      curve[start + at] = place + (goal - place) * share;
    }
    place = goal;
    start += length;
  }
  return curve;
}

export type Gaze = { readonly x: Float64Array; readonly y: Float64Array };

/** Where the eyes look: quick jumps away and back, half of the time straight at the viewer. In design pixels. */
export function gaze(frames: number, fps: number, random: () => number): Gaze {
  const x = new Float64Array(frames);
  const y = new Float64Array(frames);
  let [placeX, placeY] = [0, 0];
  let start = Math.round(fps * (0.5 + random()));
  while (start < frames) {
    const away = placeX === 0 && random() < 0.75;
    const [goalX, goalY] = away ? [(random() < 0.5 ? -1 : 1) * (0.9 + 1.5 * random()), random() * 1.8 - 0.7] : [0, 0];
    const length = Math.round(fps * (away ? 0.35 + 0.7 * random() : 0.8 + 1.6 * random()));
    for (let at = 0; at < length && start + at < frames; at++) {
      // A jump takes about 50 ms.
      const share = Math.min(1, (at + 1) / (fps * 0.06));
      x[start + at] = placeX + (goalX - placeX) * share;
      y[start + at] = placeY + (goalY - placeY) * share;
    }
    [placeX, placeY] = [goalX, goalY];
    start += Math.max(1, length);
  }
  return { x, y };
}

export type Accents = { readonly nod: Float64Array; readonly brow: Float64Array; readonly tilt: Float64Array };

/** Nods and brows on the loud syllables; brows and head go up at words that end a question. */
export function accents(level: readonly number[], speech: Speech, fps: number, random: () => number): Accents {
  const nod = new Float64Array(level.length);
  const brow = new Float64Array(level.length);
  const tilt = new Float64Array(level.length);
  for (const at of accentFrames(level, fps)) {
    addBump(nod, at, fps * 0.32, 1.8 + random() * 2.4);
    addBump(tilt, at, fps * 0.5, (random() - 0.5) * 0.014);
    if (random() < 0.65) addBump(brow, at - fps * 0.04, fps * 0.4, 0.35 + random() * 0.45);
  }
  for (const { text, start, end } of speech.words ?? []) {
    if (!/[?？؟]["'”’»)\]]*$/u.test(text.trim())) continue;
    const middle = ((start + end) / 2) * fps;
    addBump(brow, middle, fps * 0.6, 0.8);
    addBump(nod, middle, fps * 0.5, -2.2);
  }
  return { nod, brow: brow.map((value) => Math.min(1, value)), tilt };
}
