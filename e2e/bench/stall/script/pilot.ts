import { seededRandom } from '../../../../server/speech/face/random.ts';

/** Of full scale 32,768: about -32 dBFS, well under speech and well over what coding adds. */
const LEVEL = 1_200;
/** Speech is made quieter, so that both fit. */
const SPEECH_GAIN = 0.7;
/** Neighbouring samples that are averaged: noise up to some 6 kHz, which AAC keeps at every rate. */
const SMOOTHING = 4;

/**
 * Lays noise under speech that is another one for each sentence: every stretch of it is unlike every other, so that whoever hears 20 ms
 * of it knows which sentence it is and at which sample, also where the voice pauses.
 */
export function withPilot(speech: Int16Array, clip: number): Int16Array {
  const random = seededRandom(clip * 7_919 + 1);
  const recent = new Float64Array(SMOOTHING);
  const gain = LEVEL * Math.sqrt(3 / SMOOTHING);
  let sum = 0;
  return speech.map((sample, index) => {
    const next = random() * 2 - 1;
    sum += next - (recent[index % SMOOTHING] ?? 0);
    recent[index % SMOOTHING] = next;
    return Math.max(-32_768, Math.min(32_767, Math.round(sample * SPEECH_GAIN + sum * gain)));
  });
}
