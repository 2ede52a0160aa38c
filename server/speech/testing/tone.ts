const BYTES = 2;

/**
 * A voice-like sound: a gliding tone with overtones that comes and goes about four times a second, as syllables do. The same length
 * gives the same bytes.
 *
 * @returns s16le, mono.
 */
export function voiceTone(durationMs: number, audioRate: number): Buffer {
  const samples = Math.round((durationMs / 1000) * audioRate);
  const pcm = Buffer.alloc(samples * BYTES);
  let phase = 0;
  for (let at = 0; at < samples; at++) {
    const time = at / audioRate;
    phase += (2 * Math.PI * (120 + 25 * Math.sin(2 * Math.PI * 0.7 * time))) / audioRate;
    const overtones =
      Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.35 * Math.sin(5 * phase) + 0.2 * Math.sin(9 * phase);
    const syllable = 0.15 + 0.85 * Math.sin(Math.PI * 4 * time) ** 2;
    pcm.writeInt16LE(Math.round(9000 * syllable * overtones), at * BYTES);
  }
  return pcm;
}

/** @param dataBytes - `undefined`: not known yet, 0xFFFFFFFF is written, as OpenAI does when it streams. */
export function wavHeader(dataBytes: number | undefined, audioRate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(dataBytes === undefined ? 0xffffffff : 36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(audioRate, 24);
  header.writeUInt32LE(audioRate * BYTES, 28);
  header.writeUInt16LE(BYTES, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes ?? 0xffffffff, 40);
  return header;
}
