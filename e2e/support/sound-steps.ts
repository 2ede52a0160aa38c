/** Recorded sound: mono, 16 bit signed. */
export type Sound = {
  readonly samples: Int16Array;
  /** In Hz. */
  readonly rate: number;
  /** When its first sample was heard, on whatever clock the other times are. */
  readonly startMs: number;
};

/** -60 dBFS. */
const SILENT_RMS = 32.768;
const WINDOW_MS = 2;

const indexAt = ({ samples, rate, startMs }: Sound, ms: number): number =>
  Math.min(samples.length, Math.max(0, Math.round(((ms - startMs) * rate) / 1000)));

/** The largest difference between two neighbouring samples, of full scale 1, and when it came. */
export function largestStep(sound: Sound, fromMs: number, toMs: number): { step: number; atMs: number } {
  const { samples, rate, startMs } = sound;
  const end = indexAt(sound, toMs);
  let [largest, at] = [0, 0];
  for (let index = Math.max(1, indexAt(sound, fromMs)); index < end; index++) {
    const step = Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0));
    if (step > largest) [largest, at] = [step, index];
  }
  return { step: largest / 32_768, atMs: startMs + (at / rate) * 1000 };
}

/** Root mean square over windows of 2 ms, each with the time it starts at. */
function* windows(sound: Sound, fromMs: number, toMs: number): Generator<{ atMs: number; silent: boolean }> {
  const { samples, rate, startMs } = sound;
  const length = Math.round((rate * WINDOW_MS) / 1000);
  const end = indexAt(sound, toMs);
  for (let start = indexAt(sound, fromMs); start + length <= end; start += length) {
    let power = 0;
    for (let index = start; index < start + length; index++) power += (samples[index] ?? 0) ** 2;
    yield { atMs: startMs + (start / rate) * 1000, silent: Math.sqrt(power / length) < SILENT_RMS };
  }
}

/** When silence (below -60 dBFS) begins that lasts `lastingMs`; undefined when none does. */
export function silenceFrom(sound: Sound, fromMs: number, toMs: number, lastingMs: number): number | undefined {
  let begunMs: number | undefined;
  for (const { atMs, silent } of windows(sound, fromMs, toMs)) {
    if (!silent) begunMs = undefined;
    else begunMs ??= atMs;
    if (begunMs !== undefined && atMs + WINDOW_MS - begunMs >= lastingMs) return begunMs;
  }
  return undefined;
}

/** When something is heard again; undefined when nothing is. */
export function soundFrom(sound: Sound, fromMs: number, toMs: number): number | undefined {
  for (const { atMs, silent } of windows(sound, fromMs, toMs)) if (!silent) return atMs;
  return undefined;
}

/** Pitch of a tone in Hz, by its zero crossings. */
export function pitch(sound: Sound, fromMs: number, toMs: number): number {
  const { samples, rate } = sound;
  const rising: number[] = [];
  const end = indexAt(sound, toMs);
  for (let index = Math.max(1, indexAt(sound, fromMs)); index < end; index++)
    if ((samples[index - 1] ?? 0) < 0 && (samples[index] ?? 0) >= 0) rising.push(index);
  const [first = 0, last = 0] = [rising.at(0), rising.at(-1)];
  return last > first ? ((rising.length - 1) * rate) / (last - first) : 0;
}
