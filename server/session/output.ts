import type { MediaPlaylist, SubtitleRendition, VariantStream } from '../playlist/types.ts';
import { renderWebVtt } from '../playlist/webvtt.ts';
import { pictureSizes } from '../timeline/profile.ts';
import type { Part, Segment } from '../timeline/timeline.ts';
import type { CaptionTrack } from './caption-track.ts';
import type { Inits } from './inits.ts';
import { bandwidthOf } from './output-bytes.ts';
import { PartBodies } from './part-bodies.ts';
import { PlaylistView, type PlaylistViewOptions, playlistUri, renditionName, SUBTITLES } from './playlist-view.ts';
import type { SegmentStore } from './segment-store.ts';
import type { BodyPiece, MediaResource, StreamOutput } from './types.ts';

export type OutputOptions = PlaylistViewOptions & {
  readonly inits: Inits;
  readonly store: SegmentStore;
  /** Init segment of the filler: what the multivariant playlist describes. */
  readonly mainInitId: number;
  /** Makes entity tags of this session differ from those of an earlier one with the same id. */
  readonly tag: string;
  onWatch(viewer: string): void;
};

/** How far players are shown the timeline: numbers of the next part and of the next complete segment. */
type Shown = { readonly nextPart: number; readonly nextComplete: number; readonly ended: boolean };

/** Everything published, as playlists and bytes; bytes are made when first asked for, and once. */
export class SessionOutput implements StreamOutput {
  readonly #options: OutputOptions;
  readonly #listeners = new Set<() => void>();
  readonly #bodies: PartBodies;
  readonly #view: PlaylistView;
  /** Captions of complete segments: once made they never change. */
  readonly #subtitles = new WeakMap<Segment, MediaResource>();
  /** Media sequence number of the oldest segment that can still be asked for. */
  #oldestMsn = 0;
  #playlists: Map<string, MediaPlaylist> | undefined;
  /** What players see meanwhile: the timeline is ahead of it. */
  #frozen: Shown | undefined;
  #closed = false;

  constructor(options: OutputOptions) {
    this.#options = options;
    this.#view = new PlaylistView(options);
    this.#bodies = new PartBodies(options.store);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Players are shown what was published before, not what is. */
  get frozen(): boolean {
    return this.#frozen !== undefined;
  }

  /** End of the last complete segment that players are shown, in frames. */
  get shownUntil(): number {
    const { timeline } = this.#options;
    const segment = timeline.segment(this.#shown.nextComplete - 1);
    return segment ? segment.startFrame + segment.frames : 0;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get captions(): CaptionTrack {
    return this.#options.captions;
  }

  variants(): readonly VariantStream[] {
    const { profile, inits, mainInitId } = this.#options;
    return pictureSizes(profile).map(({ width, height }, rendition) => {
      const bandwidth = bandwidthOf({ width, height, fps: profile.fps });
      return {
        uri: playlistUri(renditionName(rendition)),
        bandwidth,
        averageBandwidth: bandwidth,
        codecs: inits.codecs(mainInitId, rendition),
        width,
        height,
        frameRate: profile.fps,
      };
    });
  }

  subtitles(): SubtitleRendition | undefined {
    return this.#options.captions.rendition(playlistUri(SUBTITLES));
  }

  watch(_now: number, viewer = 'unknown'): void {
    this.#options.onWatch(viewer);
  }

  playlist(rendition: string): MediaPlaylist | undefined {
    if (!this.#hasSubtitles(rendition) && this.#renditionIndex(rendition) === undefined) return undefined;
    this.#playlists ??= new Map();
    const known = this.#playlists.get(rendition);
    if (known) return known;
    const playlist = this.#view.playlist(rendition);
    this.#playlists.set(rendition, playlist);
    return playlist;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  resource(renditionName: string, name: string): MediaResource | 'awaited' | undefined {
    const match = /^(init|s|p)(0|[1-9]\d{0,12})\.(mp4|m4s|vtt)$/.exec(name);
    const number = Number(match?.[2]);
    if (this.#hasSubtitles(renditionName)) return match?.[0] === `s${number}.vtt` ? this.#captions(number) : undefined;
    const rendition = this.#renditionIndex(renditionName);
    if (rendition === undefined || !match) return undefined;
    if (match[1] === 'init') return match[3] === 'mp4' ? this.#init(number, rendition) : undefined;
    if (match[3] !== 'm4s') return undefined;
    return match[1] === 's' ? this.#segment(number, rendition) : this.#part(number, rendition);
  }

  /** Players go on to be shown what there is now, whatever is published, until `changed()`. */
  freeze(): void {
    if (this.#frozen) return;
    const { profile } = this.#options;
    for (const rendition of [...pictureSizes(profile).keys()].map(renditionName)) this.playlist(rendition);
    this.playlist(SUBTITLES);
    this.#frozen = this.#shown;
  }

  /** True for a segment that can still be asked for. */
  has(segment: Segment): boolean {
    return this.#options.timeline.segment(segment.msn) === segment;
  }

  /** Something new is published: the next playlist is another object. */
  changed(): void {
    this.#frozen = undefined;
    this.#playlists = undefined;
    this.#forgetCaptions();
    for (const listener of this.#listeners) listener();
  }

  /** The session is deleted. */
  close(): void {
    this.#closed = true;
    this.changed();
    this.#listeners.clear();
  }

  /** Bytes of a part, of each rendition; `undefined` when its samples are gone. */
  partBodies(part: Part): Uint8Array[] | undefined {
    const bodies = pictureSizes(this.#options.profile).map((_, rendition) => this.#bodies.bytes(part, rendition));
    return bodies.every((body) => body !== undefined) ? bodies : undefined;
  }

  #init(id: number, rendition: number): MediaResource | undefined {
    const bytes = this.#options.inits.bytes(id, rendition);
    return bytes && this.#resource([pieceOf(bytes)], `init${id}`, rendition, 'video/mp4');
  }

  #captions(msn: number): MediaResource | undefined {
    const segment = this.#completeSegment(msn);
    if (!segment) return undefined;
    const known = this.#subtitles.get(segment);
    if (known) return known;
    const cues = this.#options.captions.cues(segment.startFrame, segment.startFrame + segment.frames);
    const body = Buffer.from(renderWebVtt(cues, { segment: true }));
    const made = this.#resource([pieceOf(body)], `s${msn}`, SUBTITLES, 'text/vtt; charset=utf-8');
    this.#subtitles.set(segment, made);
    return made;
  }

  /** Of what left the window, as soon as its segments are gone too. */
  #forgetCaptions(): void {
    const { timeline, captions } = this.#options;
    const listedFrom = timeline.listed[0]?.msn ?? timeline.nextMsn;
    while (this.#oldestMsn < listedFrom && !timeline.segment(this.#oldestMsn)) this.#oldestMsn += 1;
    captions.forget(timeline.segment(this.#oldestMsn)?.startFrame ?? timeline.endFrame);
  }

  #segment(msn: number, rendition: number): MediaResource | undefined {
    const segment = this.#completeSegment(msn);
    const body = segment && this.#bodies.pieces(segment, segment.parts, rendition);
    return body && this.#resource(body, `s${msn}`, rendition);
  }

  #part(number: number, rendition: number): MediaResource | 'awaited' | undefined {
    const { timeline, event } = this.#options;
    if (event) return undefined;
    const { nextPart, ended } = this.#shown;
    if (number === nextPart && !ended) return 'awaited';
    const found = number < nextPart ? timeline.part(number) : undefined;
    const body = found && this.#bodies.pieces(found.segment, [found.part], rendition);
    return body && this.#resource(body, `p${number}`, rendition);
  }

  /** The segment is on disk: its samples may go. */
  release(segment: Segment): void {
    this.#bodies.release(segment);
  }

  /** Forgets bytes that can be made again. */
  forgetBytes(segment: Segment): void {
    this.#bodies.loosen(segment);
  }

  #resource(
    body: readonly BodyPiece[],
    name: string,
    rendition: number | string,
    contentType = 'video/iso.segment',
  ): MediaResource {
    const sizeBytes = body.reduce((sum, piece) => sum + piece.sizeBytes, 0);
    return { body, sizeBytes, contentType, etag: `"${this.#options.tag}-${rendition}-${name}"` };
  }

  /** What players are shown. */
  get #shown(): Shown {
    if (this.#frozen) return this.#frozen;
    const { nextPart, nextMsn, open, ended } = this.#options.timeline;
    return { nextPart, nextComplete: open?.msn ?? nextMsn, ended };
  }

  /** A complete segment that players may know of. */
  #completeSegment(msn: number): Segment | undefined {
    return msn < this.#shown.nextComplete ? this.#options.timeline.segment(msn) : undefined;
  }

  #hasSubtitles(name: string): boolean {
    return name === SUBTITLES && this.#options.captions.enabled;
  }

  #renditionIndex(name: string): number | undefined {
    const match = /^v(0|[1-9])$/.exec(name);
    const index = match ? Number(match[1]) : -1;
    return index >= 0 && index <= this.#options.profile.renditions.length ? index : undefined;
  }
}

function pieceOf(bytes: Uint8Array): BodyPiece {
  return { sizeBytes: bytes.byteLength, get: () => bytes };
}
