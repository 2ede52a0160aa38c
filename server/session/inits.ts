import { aacLcConfig, codecString } from '../isobmff/codecs.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import type { AudioTrackInit, VideoTrackInit } from '../isobmff/types.ts';
import { type Axis, videoTimescale } from '../timeline/axis.ts';

export const VIDEO_TRACK_ID = 1;
export const AUDIO_TRACK_ID = 2;

/** The init segments of a session: one, unless an encoder after a fault writes other parameter sets. */
export class Inits {
  readonly #axis: Axis;
  readonly #audio: AudioTrackInit;
  readonly #byId: { readonly key: string; readonly tracks: readonly VideoTrackInit[] }[] = [];
  /** Called for each new one. */
  readonly #onNew: (tracks: readonly VideoTrackInit[]) => void;

  /** @param known - Those that an earlier server had, in order. */
  constructor(
    axis: Axis,
    known: readonly (readonly VideoTrackInit[])[] = [],
    onNew: (tracks: readonly VideoTrackInit[]) => void = () => undefined,
  ) {
    this.#axis = axis;
    this.#onNew = onNew;
    for (const tracks of known) this.#byId.push({ key: keyOf(tracks), tracks });
    this.#audio = {
      kind: 'audio',
      trackId: AUDIO_TRACK_ID,
      timescale: axis.audioRate,
      channels: 1,
      sampleRate: axis.audioRate,
      audioSpecificConfig: aacLcConfig(axis.audioRate, 1),
    };
  }

  /** Number of the init segment for these tracks, one per rendition. */
  idOf(tracks: readonly VideoTrackInit[]): number {
    const key = keyOf(tracks);
    const known = this.#byId.findIndex((entry) => entry.key === key);
    if (known >= 0) return known;
    this.#onNew(tracks);
    return this.#byId.push({ key, tracks }) - 1;
  }

  /** Both tracks of a rendition, on the session's timescales; `undefined` when there is no such init segment. */
  tracks(id: number, rendition: number): readonly [VideoTrackInit, AudioTrackInit] | undefined {
    const video = this.#byId[id]?.tracks[rendition];
    return video && [{ ...video, trackId: VIDEO_TRACK_ID, timescale: videoTimescale(this.#axis) }, this.#audio];
  }

  bytes(id: number, rendition: number): Uint8Array | undefined {
    const tracks = this.tracks(id, rendition);
    return tracks && writeInitSegment(tracks);
  }

  codecs(id: number, rendition: number): string {
    return (this.tracks(id, rendition) ?? []).map(codecString).join(',');
  }
}

function keyOf(tracks: readonly VideoTrackInit[]): string {
  return tracks
    .map((track) => `${track.width}x${track.height}:${Buffer.from(track.avcC).toString('base64')}`)
    .join('|');
}
