import type Hls from 'hls.js';
import type { Fragment, MediaFragment } from 'hls.js';
import { bufferedUntil } from '../measure/quality.ts';
import type { NextSegment } from './prefetch.ts';

/** The segment that hls.js will ask for when it has this one; undefined while that is not listed in whole. */
export function nextSegment(hls: Hls, video: HTMLVideoElement, frag: Fragment): NextSegment | undefined {
  const details = hls.levels[frag.level]?.details;
  if (typeof frag.sn !== 'number' || !details) {
    return undefined;
  }
  const sn = frag.sn + 1;
  const next = details.fragments.find((fragment) => fragment.sn === sn);
  const inParts = hls.lowLatencyMode && details.partList?.some(({ fragment }) => fragment.sn === sn);
  return next === undefined || inParts || !isPlain(next) || isHere(video, next)
    ? undefined
    : { frag: next, url: next.url };
}

/** A file of its own that can be had, and read. */
function isPlain({ gap, byteRange, encrypted, initSegment }: MediaFragment): boolean {
  return !gap && byteRange.length === 0 && !encrypted && (initSegment === null || initSegment.data !== undefined);
}

function isHere(video: HTMLVideoElement, { start, duration }: MediaFragment): boolean {
  return bufferedUntil(video, start + duration / 2) !== undefined;
}
