import { ByteWriter } from './byte-writer.ts';
import { unwritable } from './malformed.ts';
import { writeSampleEntry } from './sample-entry-writer.ts';
import type { TrackInit } from './types.ts';

/** `mvhd` needs one; nothing is measured in it, since the movie itself is empty. */
const MOVIE_TIMESCALE = 1000;
/** ISO 639-2 `und`, five bits a letter (ISO/IEC 14496-12 8.4.2.3). */
const LANGUAGE_UNDETERMINED = 0x55c4;
const TRACK_ENABLED_IN_MOVIE_IN_PREVIEW = 7;
/** `url ` flag: the media are in the same file (ISO/IEC 14496-12 8.7.2). */
const SELF_CONTAINED = 1;
const U16_MAX = 0xffff;
const U32_MAX = 0xffff_ffff;

/**
 * A media initialization section (RFC 8216bis 3.1.2): `ftyp` and a `moov` without samples or edit lists,
 * tracks in the order given. The same tracks always give the same bytes.
 *
 * @throws {StreamError} `BOX_MALFORMED` when there are no tracks or a value doesn't fit its field.
 */
export function writeInitSegment(tracks: readonly TrackInit[]): Uint8Array {
  checkTracks(tracks);
  const w = new ByteWriter(1024 * (1 + tracks.length));
  writeFtyp(w, tracks.length);
  w.box('moov', () => {
    writeMvhd(w, Math.max(...tracks.map((track) => track.trackId)) + 1);
    for (const track of tracks) w.box('trak', () => writeTrak(w, track));
    w.box('mvex', () => {
      for (const track of tracks) writeTrex(w, track.trackId);
    });
  });
  return w.finish();
}

function writeFtyp(w: ByteWriter, trackCount: number): void {
  w.box('ftyp', () => {
    w.ascii('iso6');
    w.u32(0);
    w.ascii('iso6');
    // ISO/IEC 23000-19 7.3.1: a CMAF track file holds one track, so audio and video together are not `cmfc`.
    if (trackCount === 1) w.ascii('cmfc');
    w.ascii('isommp41');
  });
}

/** ISO/IEC 14496-12 8.2.2. */
function writeMvhd(w: ByteWriter, nextTrackId: number): void {
  w.fullBox('mvhd', 0, 0, () => {
    w.zeros(8);
    w.u32(MOVIE_TIMESCALE);
    w.u32(0);
    w.u32(0x00010000);
    w.u16(0x0100);
    w.zeros(10);
    writeUnityMatrix(w);
    w.zeros(24);
    w.u32(Math.min(nextTrackId, U32_MAX));
  });
}

function writeUnityMatrix(w: ByteWriter): void {
  for (const value of [0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000]) w.u32(value);
}

function writeTrak(w: ByteWriter, track: TrackInit): void {
  writeTkhd(w, track);
  w.box('mdia', () => {
    writeMdhd(w, track.timescale);
    writeHdlr(w, track.kind);
    w.box('minf', () => {
      writeMediaHeader(w, track.kind);
      writeDinf(w);
      w.box('stbl', () => writeStbl(w, track));
    });
  });
}

/** ISO/IEC 14496-12 8.3.2. */
function writeTkhd(w: ByteWriter, track: TrackInit): void {
  w.fullBox('tkhd', 0, TRACK_ENABLED_IN_MOVIE_IN_PREVIEW, () => {
    w.zeros(8);
    w.u32(track.trackId);
    w.zeros(4 + 4 + 8 + 4);
    w.u16(track.kind === 'audio' ? 0x0100 : 0);
    w.zeros(2);
    writeUnityMatrix(w);
    w.u32(track.kind === 'video' ? track.width * 0x10000 : 0);
    w.u32(track.kind === 'video' ? track.height * 0x10000 : 0);
  });
}

/** ISO/IEC 14496-12 8.4.2. */
function writeMdhd(w: ByteWriter, timescale: number): void {
  w.fullBox('mdhd', 0, 0, () => {
    w.zeros(8);
    w.u32(timescale);
    w.u32(0);
    w.u16(LANGUAGE_UNDETERMINED);
    w.zeros(2);
  });
}

/** ISO/IEC 14496-12 8.4.3. */
function writeHdlr(w: ByteWriter, kind: TrackInit['kind']): void {
  w.fullBox('hdlr', 0, 0, () => {
    w.zeros(4);
    w.ascii(kind === 'video' ? 'vide' : 'soun');
    w.zeros(12);
    w.ascii(kind === 'video' ? 'VideoHandler\0' : 'SoundHandler\0');
  });
}

/** ISO/IEC 14496-12 12.1.2 and 12.2.2. */
function writeMediaHeader(w: ByteWriter, kind: TrackInit['kind']): void {
  if (kind === 'video') w.fullBox('vmhd', 0, 1, () => w.zeros(8));
  else w.fullBox('smhd', 0, 0, () => w.zeros(4));
}

function writeDinf(w: ByteWriter): void {
  w.box('dinf', () => {
    w.fullBox('dref', 0, 0, () => {
      w.u32(1);
      w.fullBox('url ', 0, SELF_CONTAINED, () => w.zeros(0));
    });
  });
}

function writeStbl(w: ByteWriter, track: TrackInit): void {
  w.fullBox('stsd', 0, 0, () => {
    w.u32(1);
    writeSampleEntry(w, track);
  });
  w.fullBox('stts', 0, 0, () => w.u32(0));
  w.fullBox('stsc', 0, 0, () => w.u32(0));
  w.fullBox('stsz', 0, 0, () => w.zeros(8));
  w.fullBox('stco', 0, 0, () => w.u32(0));
}

/** ISO/IEC 14496-12 8.8.3: sample description 1, no defaults (every `tfhd` or `trun` says them). */
function writeTrex(w: ByteWriter, trackId: number): void {
  w.fullBox('trex', 0, 0, () => {
    w.u32(trackId);
    w.u32(1);
    w.zeros(12);
  });
}

function checkTracks(tracks: readonly TrackInit[]): void {
  if (tracks.length === 0) throw unwritable('moov', 'needs at least one track');
  const ids = new Set<number>();
  for (const [index, track] of tracks.entries()) {
    const path = `moov/trak[${index}]`;
    checkField(path, 'track ID', track.trackId, U32_MAX);
    checkField(path, 'timescale', track.timescale, U32_MAX);
    if (ids.has(track.trackId)) throw unwritable(path, `track ID ${track.trackId} is taken`);
    ids.add(track.trackId);
    if (track.kind === 'audio') checkField(path, 'channels', track.channels, U16_MAX);
    else {
      checkField(path, 'width', track.width, U16_MAX);
      checkField(path, 'height', track.height, U16_MAX);
    }
  }
}

function checkField(path: string, name: string, value: number, max: number): void {
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw unwritable(path, `${name} must be an integer from 1 to ${max}, got ${value}`);
  }
}
