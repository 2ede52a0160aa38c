import type { Facts } from './facts.ts';
import { FileWindow } from './file-window.ts';
import { readMatroskaFacts } from './matroska-facts.ts';
import { readMp4Facts } from './mp4-facts.ts';
import { readMpegAudioFacts } from './mpeg-audio-facts.ts';
import { readOggFacts } from './ogg-facts.ts';
import { readTsFacts } from './ts-facts.ts';
import { readWavFacts } from './wav-facts.ts';

/**
 * What a file says of itself by its structure; `undefined` where that is of a kind that is not read here, or damaged.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for a header that is not believed: nothing that costs memory has read it yet.
 */
export function readFacts(path: string): Facts | undefined {
  const file = new FileWindow(path);
  try {
    const head = Buffer.from(file.bytes(0, 12));
    if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) return readMatroskaFacts(file);
    if (head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WAVE')
      return readWavFacts(file);
    if (head.toString('latin1', 0, 4) === 'OggS') return readOggFacts(file);
    if (head.toString('latin1', 0, 3) === 'ID3' || head[0] === 0xff) return readMpegAudioFacts(file);
    if (head[0] === 0x47 && file.bytes(188, 1)[0] === 0x47) return readTsFacts(file);
    // What ffmpeg takes for one may begin with any box.
    return readMp4Facts(file);
  } finally {
    file.close();
  }
}
