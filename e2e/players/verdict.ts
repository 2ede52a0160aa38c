import type { Playback, Stream } from './player.ts';
import type { Stall } from './standstills.ts';

/** Of what could have been played: less than this is missing, more is the clock of a busy machine. */
const MIN_FRAMES_SHARE = 0.95;
const MIN_SAMPLES_SHARE = 0.95;

function countFault(what: string, got: number, whole: number, allowed: number): string[] {
  return got > whole || got < whole - allowed ? [`${got} of ${whole} ${what}`] : [];
}

function shareFault(what: string, share: number, atLeast: number): string[] {
  return share < atLeast ? [`${Math.round(share * 100)} % of the ${what}`] : [];
}

function frameFaults({ frames, allowance, seconds }: Playback, { whole, frameRate }: Stream): string[] {
  if (frames === undefined) return [];
  if (whole !== undefined) return countFault('frames', frames, whole.frames, allowance?.frames ?? 0);
  return shareFault('frames', frames / (seconds * frameRate), MIN_FRAMES_SHARE);
}

/** Share of the sound that could have come out; `undefined`: not measured. */
export function soundShare({ sound, seconds }: Playback, { whole, audioRate }: Stream): number | undefined {
  if (sound === undefined) return undefined;
  return sound.measured === 'heard' ? sound.share : sound.samples / (whole?.samples ?? seconds * audioRate);
}

function soundFaults(playback: Playback, stream: Stream): string[] {
  const { sound } = playback;
  const share = soundShare(playback, stream);
  if (sound === undefined || share === undefined) return [];
  if (sound.measured === 'decoded' && stream.whole !== undefined)
    return countFault('audio samples', sound.samples, stream.whole.samples, 0);
  return shareFault(sound.measured === 'heard' ? 'sound' : 'audio samples', share, MIN_SAMPLES_SHARE);
}

function stallText({ ms, ahead }: Stall): string {
  return ahead === undefined ? `${ms} ms` : `${ms} ms (with ${ahead.toFixed(1)} s in hand)`;
}

/** What is wrong with a playback; nothing when it is clean. Warnings alone are not. */
export function faultsOf(playback: Playback, stream: Stream): string[] {
  const { startedMs, stalls = [], errors } = playback;
  if (startedMs === undefined) return ['did not start', ...errors];
  const stalled = stalls.length === 0 ? [] : [`stalled for ${stalls.map(stallText).join(', ')}`];
  return [...frameFaults(playback, stream), ...soundFaults(playback, stream), ...stalled, ...errors];
}
