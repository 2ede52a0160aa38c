import type { Facts } from './facts.ts';
import type { FileWindow } from './file-window.ts';

/** Chunks in front of the samples: a format, information, markers. */
const MAX_CHUNKS = 100;
/** Of a file that was written to a pipe. */
const UNKNOWN = 0xffffffff;

/** How long a WAVE file says it is. */
export function readWavFacts(file: FileWindow): Facts {
  let bytesPerSecond = 0;
  let announcedEnd = 0;
  let at = 12;
  for (let chunk = 0; chunk < MAX_CHUNKS && at + 8 <= file.sizeBytes; chunk++) {
    const head = Buffer.from(file.bytes(at, 20));
    if (head.length < 8) break;
    const name = head.toString('latin1', 0, 4);
    const sizeBytes = head.readUInt32LE(4);
    if (name === 'fmt ' && head.length >= 20) bytesPerSecond = head.readUInt32LE(16);
    if (name === 'data') {
      if (bytesPerSecond > 0 && sizeBytes < UNKNOWN) announcedEnd = sizeBytes / bytesPerSecond;
      break;
    }
    at += 8 + sizeBytes + (sizeBytes & 1);
  }
  return { streams: 1, tracks: new Map(), isIntricate: false, ...(announcedEnd > 0 && { announcedEnd }) };
}
