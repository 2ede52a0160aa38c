import type { BoxReader } from './box-reader.ts';
import { readAudioEntry, readVideoEntry } from './sample-entry-reader.ts';
import type { TrackInit } from './types.ts';

/** What a sample has when neither `tfhd` nor `trun` says otherwise (`trex`). */
export type SampleDefaults = { readonly durationTicks: number; readonly sizeBytes: number; readonly flags: number };

/** What a `moov` says: its tracks, and the sample defaults by track ID. */
export type Init = {
  readonly tracks: readonly TrackInit[];
  readonly defaults: ReadonlyMap<number, SampleDefaults>;
};

/** @throws {StreamError} `BOX_MALFORMED`, also for tracks that are neither AVC nor AAC. */
export function readInit(moov: BoxReader): Init {
  const tracks: TrackInit[] = [];
  const ids = new Set<number>();
  for (const trak of moov.all('trak')) {
    const track = readTrack(trak);
    if (ids.has(track.trackId)) throw trak.refuse(`track ID ${track.trackId} is taken`);
    ids.add(track.trackId);
    tracks.push(track);
  }
  if (tracks.length === 0) throw moov.refuse('has no trak');
  const mvex = moov.child('mvex');
  const defaults = readDefaults(mvex);
  for (const { trackId } of tracks) if (!defaults.has(trackId)) throw mvex.refuse(`has no trex for track ${trackId}`);
  return { tracks, defaults };
}

function readDefaults(mvex: BoxReader): Map<number, SampleDefaults> {
  const defaults = new Map<number, SampleDefaults>();
  for (const trex of mvex.all('trex')) {
    trex.versionAndFlags();
    const trackId = trex.u32();
    trex.skip(4);
    defaults.set(trackId, { durationTicks: trex.u32(), sizeBytes: trex.u32(), flags: trex.u32() });
  }
  return defaults;
}

function readTrack(trak: BoxReader): TrackInit {
  const trackId = readTrackId(trak.child('tkhd'));
  const mdia = trak.child('mdia');
  const timescale = readTimescale(mdia.child('mdhd'));
  const hdlr = mdia.child('hdlr');
  hdlr.skip(8);
  const handler = hdlr.fourcc();
  const entry = onlyEntry(mdia.child('minf').child('stbl').child('stsd'));
  const { type } = entry.place;
  if (handler === 'vide' && (type === 'avc1' || type === 'avc3')) return readVideoEntry(entry, { trackId, timescale });
  if (handler === 'soun' && type === 'mp4a') return readAudioEntry(entry, { trackId, timescale });
  throw entry.refuse(`handler ${handler} with sample entry ${type} is neither AVC video nor AAC audio`);
}

/** ISO/IEC 14496-12 8.3.2: two times stand in front, of 32 bits or (version 1) 64. */
function readTrackId(tkhd: BoxReader): number {
  const { version } = tkhd.versionAndFlags(1);
  tkhd.skip(version === 1 ? 16 : 8);
  const trackId = tkhd.u32();
  if (trackId === 0) throw tkhd.refuse('track ID must not be 0');
  return trackId;
}

/** ISO/IEC 14496-12 8.4.2. */
function readTimescale(mdhd: BoxReader): number {
  const { version } = mdhd.versionAndFlags(1);
  mdhd.skip(version === 1 ? 16 : 8);
  const timescale = mdhd.u32();
  if (timescale === 0) throw mdhd.refuse('timescale must not be 0');
  return timescale;
}

function onlyEntry(stsd: BoxReader): BoxReader {
  stsd.versionAndFlags();
  const count = stsd.u32();
  const [entry] = stsd.children();
  if (count !== 1 || entry === undefined) throw stsd.refuse(`must hold one sample entry, got ${count}`);
  return entry;
}
