/** Units of AVC (ITU-T H.264 7.3.1): parameter sets, slices and what accompanies them. */

const SEI_UNIT = 6;
/** Coded slices, behind which no message for this picture comes. */
const isSlice = (type: number): boolean => type >= 1 && type <= 5;
/** Display orientation (D.2.27). */
const ORIENTATION = 47;

/** The units of a packet: each behind its length (ISO/IEC 14496-15 5.2.3), or without a configuration behind start codes (annex B). */
export function* avcUnits(packet: Uint8Array, avcC: Uint8Array | undefined): Generator<Uint8Array, void, undefined> {
  if (!avcC) {
    yield* streamUnits(packet);
    return;
  }
  const lengthBytes = ((avcC[4] ?? 3) & 3) + 1;
  for (let at = 0; at + lengthBytes < packet.length; ) {
    const length = packet.subarray(at, at + lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
    at += lengthBytes;
    yield packet.subarray(at, at + length);
    at += length;
  }
}

function* streamUnits(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  let start = -1;
  for (let at = 0; at + 2 < bytes.length; at++) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0 || bytes[at + 2] !== 1) continue;
    if (start >= 0) yield bytes.subarray(start, at);
    start = at + 3;
    at += 2;
  }
  if (start >= 0) yield bytes.subarray(start);
}

/** Without the bytes that keep start codes out (7.4.1.1). */
export function unescaped(unit: Uint8Array): Uint8Array {
  return unit.filter((byte, at) => !(byte === 3 && unit[at - 1] === 0 && unit[at - 2] === 0));
}

/** How a picture is to be turned counterclockwise in degrees, and mirrored before that, as a message in front of it says. */
export type Orientation = { readonly degrees: number; readonly flipX: boolean; readonly flipY: boolean };

export function orientationOf(units: Iterable<Uint8Array>): Orientation | undefined {
  for (const unit of units) {
    const type = (unit[0] ?? 0) & 0x1f;
    if (isSlice(type)) return undefined;
    const found = type === SEI_UNIT ? orientationIn(unescaped(unit.subarray(1))) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** 7.3.2.3.1: type and size of each message, in bytes that are added up while they are 255. */
function orientationIn(messages: Uint8Array): Orientation | undefined {
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (; messages[at] === 0xff; at++) value += 0xff;
    return value + (messages[at++] ?? 0);
  };
  while (at + 2 < messages.length) {
    const type = number();
    const size = number();
    const [first = 0, second = 0, third = 0] = messages.subarray(at, at + size);
    if (type === ORIENTATION && size >= 3 && first >> 7 === 0) {
      const turn = ((first & 0x1f) << 11) | (second << 3) | (third >> 5);
      return { flipX: (first & 0x40) !== 0, flipY: (first & 0x20) !== 0, degrees: (turn * 360) / 65_536 };
    }
    at += size;
  }
  return undefined;
}
