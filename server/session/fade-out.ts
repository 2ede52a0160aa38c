/**
 * What follows sample `from` of `pcm`, falling to silence along a raised cosine, so that neither its level nor its slope steps.
 *
 * Where the sound is not known that far, it is mirrored at its last sample: that keeps the level, and nobody hears 20 ms run backwards.
 */
export function fadeOut(pcm: Int16Array, from: number, length: number): Int16Array {
  const last = pcm.length - 1;
  return Int16Array.from({ length }, (_, index) => {
    const at = from + index;
    const sample = pcm[at <= last ? at : Math.max(0, 2 * last - at)] ?? 0;
    return Math.round(sample * 0.5 * (1 + Math.cos((Math.PI * (index + 1)) / (length + 1))));
  });
}
