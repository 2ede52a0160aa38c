/** Longest time that the last packet of a stream is believed to last: a table may say that a picture stands for ten hours. */
export const LAST_PACKET_SECONDS = 10;

/** A packet of one stream; times in seconds. */
export type PacketTime = {
  readonly stream: number;
  readonly pts: number | undefined;
  readonly dts: number | undefined;
  readonly duration: number | undefined;
  /** False: only decoded for what follows, as an edit list says. */
  readonly isShown: boolean;
};

type Track = {
  /** As the packets say. */
  readonly plain: Span;
  /** As they are played where leaps of the clock are taken up. */
  readonly taken: Span;
  /** When the next packet is due, in decode order. */
  nextDts: number | undefined;
  typical: number;
};

/** `length`: of the last packet; 0 where it does not say. */
type Span = { start: number; last: number; length: number };

/** A clock that leaps by more, or back, is taken up where it was (ffmpeg's `-dts_delta_threshold`). */
const LEAP_SECONDS = 10;
const BACK_SECONDS = 0.5;

/** When the streams of a file begin and end by their packets. Keeps some figures of each, whatever their number. */
export class PacketTimes {
  readonly #tracks = new Map<number, Track>();
  /** What leaps of the file's clock have added up to. */
  #offset = 0;

  add({ stream, pts, dts, duration, isShown }: PacketTime): void {
    const time = pts ?? dts;
    if (time === undefined) return;
    const track = this.#tracks.get(stream) ?? newTrack();
    this.#tracks.set(stream, track);
    if (duration !== undefined && duration > 0 && duration <= LAST_PACKET_SECONDS) track.typical = duration;
    const decode = dts ?? time;
    const lead = track.nextDts === undefined ? 0 : decode + this.#offset - track.nextDts;
    if (lead > LEAP_SECONDS || lead < -BACK_SECONDS) this.#offset -= lead;
    track.nextDts = decode + this.#offset + track.typical;
    if (!isShown) return;
    extend(track.plain, time, duration);
    extend(track.taken, time + this.#offset, duration);
  }

  has(stream: number): boolean {
    const track = this.#tracks.get(stream);
    return track !== undefined && track.plain.last > Number.NEGATIVE_INFINITY;
  }

  /** @param takesUp - Leaps of the clock are taken up. */
  span(stream: number, takesUp: boolean): { start: number; end: number; lastStart: number } | undefined {
    const track = this.#tracks.get(stream);
    if (!track || !this.has(stream)) return undefined;
    const { start, last, length } = takesUp ? track.taken : track.plain;
    const end = last + Math.min(length || track.typical || DEFAULT_SECONDS, LAST_PACKET_SECONDS);
    return { start, end, lastStart: last };
  }
}

/** Of a packet that nobody says the length of: a picture of 25 a second. */
const DEFAULT_SECONDS = 0.04;

function newTrack(): Track {
  const none = { start: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY, length: 0 };
  return { plain: { ...none }, taken: { ...none }, nextDts: undefined, typical: 0 };
}

function extend(span: Span, time: number, duration = 0): void {
  span.start = Math.min(span.start, time);
  if (time < span.last) return;
  span.last = time;
  span.length = duration;
}
