import { StreamError } from '../errors.ts';
import { PacketTimes } from './packet-times.ts';
import { hasAlpha, pixelBytes, turnOf, wideColour } from './picture-kind.ts';
import type { AudioProbe, MediaProbe, VideoProbe } from './types.ts';

type Fields = ReadonlyMap<string, string>;

/** Formats whose clocks ffmpeg takes up again where they leap (AVFMT_TS_DISCONT). */
const LEAPING = /^(mpegts|ogg)$/;
/** Of the others, ffprobe guesses it. */
const SAYS_LENGTH = /^(mov|matroska|avi|flv|flac|wav|w64|aiff)/;
const INTERLACED = /^(tt|bb|tb|bt)$/;
/** Each line of a matrix: its number, and three of 16.16 (the last of 2.30). */
const MATRIX = /0{8}:\s+(-?\d+)\s+(-?\d+)\s+-?\d+\\n0{7}1:\s+(-?\d+)\s+(-?\d+)/;

/** Collects what ffprobe writes with `-of compact`: a line for each packet, then for each stream, then for the format. */
export class FfprobeReport {
  readonly #packets = new PacketTimes();
  /** By index: those of a transport stream are listed once for their program, too. */
  readonly #streams = new Map<number, Fields>();
  #format: Fields = new Map();

  line(line: string): void {
    const fields = fieldsOf(line);
    if (line.startsWith('packet|')) {
      this.#packets.add({
        stream: Number(fields.get('stream_index')),
        pts: numberOf(fields.get('pts_time')),
        dts: numberOf(fields.get('dts_time')),
        duration: numberOf(fields.get('duration_time')),
        isShown: !fields.get('flags')?.includes('D'),
      });
    } else if (line.startsWith('stream|')) this.#streams.set(indexOf(fields), fields);
    else if (line.startsWith('format|')) this.#format = fields;
  }

  /** @throws {StreamError} `MEDIA_UNSUPPORTED` when there is nothing to show in it. */
  probe(): MediaProbe {
    const container = this.#format.get('format_name') ?? 'unknown';
    const pictures = this.#ofKind('video').filter((stream) => stream.get('disposition:attached_pic') !== '1');
    const sounds = this.#ofKind('audio');
    const videoAt = this.#preferred(
      pictures.map((stream) => (stream.get('disposition:timed_thumbnails') === '1' ? undefined : stream)),
    );
    const audioAt = this.#preferred(sounds);
    const video = videoAt === undefined ? undefined : this.#video(pictures[videoAt], container, videoAt);
    const audio = audioAt === undefined ? undefined : this.#audio(sounds[audioAt], container, audioAt);
    if (!video && !audio && pictures.length + sounds.length > 0)
      throw new StreamError('MEDIA_UNSUPPORTED', 'the file has no pictures and no sound in it, only a header');
    const announcedEnd = this.#announcedEnd(container);
    return {
      ...{ container, streams: this.#streams.size },
      ...(video && { video }),
      ...(audio && { audio }),
      ...(announcedEnd !== undefined && { announcedEnd }),
    };
  }

  #announcedEnd(container: string): number | undefined {
    const duration = numberOf(this.#format.get('duration'));
    if (duration === undefined || !SAYS_LENGTH.test(container)) return undefined;
    return Math.max(0, numberOf(this.#format.get('start_time')) ?? 0) + duration;
  }

  #ofKind(kind: string): Fields[] {
    return [...this.#streams.values()]
      .filter((stream) => stream.get('codec_type') === kind)
      .sort((a, b) => indexOf(a) - indexOf(b));
  }

  /** The first that is on by default and has anything in it; else the first that has. */
  #preferred(streams: readonly (Fields | undefined)[]): number | undefined {
    const filled = streams.flatMap((stream, at) => (stream && this.#packets.has(indexOf(stream)) ? [at] : []));
    return filled.find((at) => streams[at]?.get('disposition:default') === '1') ?? filled[0];
  }

  #video(stream: Fields | undefined, container: string, ordinal: number): VideoProbe | undefined {
    const span = this.#span(stream, container);
    if (!stream || !span) return undefined;
    const format = stream.get('pix_fmt');
    const codec = stream.get('codec_name') ?? 'unknown';
    const colour = wideColour(stream.get('color_primaries'), stream.get('color_transfer'));
    const alpha = alphaOf(codec, format, stream.get('tag:alpha_mode'));
    const bytesPerPixel = pixelBytes(format);
    return {
      ...{ codec, width: numberOf(stream.get('width')) ?? 0, height: numberOf(stream.get('height')) ?? 0, ...span },
      ...(ordinal > 0 && { ordinal }),
      ...turnIn(stream.get('displaymatrix')),
      ...(colour && { colour }),
      ...(alpha && { alpha }),
      ...(INTERLACED.test(stream.get('field_order') ?? '') && { interlaced: true }),
      ...(bytesPerPixel !== undefined && { bytesPerPixel }),
    };
  }

  /** ffmpeg moves all times of a file that begins before zero. */
  #span(stream: Fields | undefined, container: string): ReturnType<PacketTimes['span']> {
    const span = stream && this.#packets.span(indexOf(stream), LEAPING.test(container));
    const moved = Math.max(0, -(numberOf(this.#format.get('start_time')) ?? 0));
    return span && { start: span.start + moved, end: span.end + moved, lastStart: span.lastStart + moved };
  }

  #audio(stream: Fields | undefined, container: string, ordinal: number): AudioProbe | undefined {
    const span = this.#span(stream, container);
    if (!stream || !span) return undefined;
    const codec = stream.get('codec_name') ?? 'unknown';
    const sampleRate = numberOf(stream.get('sample_rate')) || 48_000;
    const exact = /^(pcm|flac|alac)/.test(codec);
    const channels = numberOf(stream.get('channels'));
    return {
      ...{ codec, sampleRate, start: span.start, end: span.end, exact },
      ...(channels !== undefined && { channels }),
      ...(ordinal > 0 && { ordinal }),
    };
  }
}

function alphaOf(codec: string, format: string | undefined, mode: string | undefined): VideoProbe['alpha'] {
  if (mode === '1' && codec === 'vp8') return 'libvpx';
  if (mode === '1' && codec === 'vp9') return 'libvpx-vp9';
  return hasAlpha(format) ? 'native' : undefined;
}

function turnIn(matrix: string | undefined): ReturnType<typeof turnOf> {
  const [, a, b, c, d] = MATRIX.exec(matrix ?? '') ?? [];
  return a === undefined ? {} : turnOf(Number(a), Number(b), Number(c), Number(d));
}

function indexOf(stream: Fields): number {
  return Number(stream.get('index'));
}

/** `section|key=value|key=value`; bars in values are escaped, so that a text of the sender's makes no field. */
function fieldsOf(line: string): Fields {
  const pairs = line.match(/(?:\\.|[^|\\])+/g) ?? [];
  return new Map(
    pairs.flatMap((pair): [string, string][] => {
      const at = pair.indexOf('=');
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)]] : [];
    }),
  );
}

/** ffprobe writes N/A where it does not know. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}
