import { assertStreams, type Facts, refused } from './facts.ts';
import type { FileWindow } from './file-window.ts';

const PACKET_BYTES = 188;
const SYNC = 0x47;
/** Read at once. */
const READ_PACKETS = 3_000;
/** ISO/IEC 13818-1 2.4.3.7: a clock of 90 kHz with 33 bits. */
const CLOCK_HZ = 90_000;
const WRAP = 2 ** 33;
/** A clock that leaps by more, or back, begins anew: what follows is played right behind what came before, as ffmpeg does. */
const LEAP_SECONDS = 10;
const BACK_SECONDS = 0.5;
/** Stream ids of PES packets with pictures and sound (2.4.3.7, table 2-22). */
const isMedia = (id: number): boolean => id === 0xbd || id === 0xfd || (id >= 0xc0 && id <= 0xef);

/**
 * Reads all packet headers of an MPEG transport stream: whether it is scrambled, and whether its clock leaps, so that its last time says
 * nothing of its length.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for too many streams, and for scrambled ones.
 */
export function readTsFacts(file: FileWindow): Facts | undefined {
  const last = new Map<number, number>();
  let isIntricate = false;
  for (let at = 0; at + PACKET_BYTES <= file.sizeBytes; ) {
    const bytes = file.bytes(at, READ_PACKETS * PACKET_BYTES);
    const packets = Math.floor(bytes.length / PACKET_BYTES);
    for (let packet = 0; packet < packets; packet++) {
      const start = packet * PACKET_BYTES;
      // Lost sync is ffmpeg's to find again.
      if (bytes[start] !== SYNC) return { streams: last.size, tracks: new Map(), isIntricate: true };
      const time = timeIn(bytes.subarray(start, start + PACKET_BYTES));
      if (!time) continue;
      const before = last.get(time.pid);
      last.set(time.pid, time.seconds);
      if (before !== undefined && leaps(time.seconds - before)) isIntricate = true;
    }
    at += packets * PACKET_BYTES;
  }
  assertStreams(last.size, last.size);
  return { streams: last.size, tracks: new Map(), isIntricate };
}

/** Decode time of the PES packet that begins in a packet, if one of pictures or sound does. */
function timeIn(packet: Uint8Array): { pid: number; seconds: number } | undefined {
  const [, high = 0, low = 0, flags = 0] = packet;
  if ((high & 0x40) === 0 || (flags & 0x10) === 0) return undefined;
  const payloadAt = 4 + ((flags & 0x20) !== 0 ? 1 + (packet[4] ?? 0) : 0);
  const pes = packet.subarray(payloadAt);
  const isPes = pes[0] === 0 && pes[1] === 0 && pes[2] === 1;
  // Of what is scrambled, not even that can be seen.
  if ((flags & 0xc0) !== 0) throw refused('it is scrambled');
  if (!isPes || !isMedia(pes[3] ?? 0) || ((pes[7] ?? 0) & 0x80) === 0) return undefined;
  const stamp = ((pes[7] ?? 0) & 0x40) !== 0 ? pes.subarray(14) : pes.subarray(9);
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = stamp;
  const ticks = ((a >> 1) & 7) * 2 ** 30 + (b << 22) + ((c >> 1) << 15) + (d << 7) + (e >> 1);
  return { pid: ((high & 0x1f) << 8) | low, seconds: ticks / CLOCK_HZ };
}

function leaps(delta: number): boolean {
  const wrap = WRAP / CLOCK_HZ;
  const least = delta - wrap * Math.round(delta / wrap);
  return least > LEAP_SECONDS || least < -BACK_SECONDS;
}
