import {
  ADTS,
  type EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputFormat,
  type InputTrack,
  type InputVideoTrack,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny';
import { spsOfConfig, spsOfUnits } from './headers/avc-sps.ts';
import { avcUnits, orientationOf } from './headers/avc-units.ts';
import { readFacts } from './headers/container-facts.ts';
import type { Facts } from './headers/facts.ts';
import { LAST_PACKET_SECONDS } from './packet-times.ts';
import { codedPixelBytes, turnBy, turnOf, wideColour } from './picture-kind.ts';
import type { AudioProbe, MediaProbe, VideoProbe } from './types.ts';

/**
 * None of these formats refers to other files. FLAC is not among them: its last block would be left out, which may be the last second.
 */
export const FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE, MP3, OGG, ADTS, MPEG_TS];
const LEAVES_OUT: ReadonlySet<InputFormat> = new Set([MPEG_TS, MATROSKA]);
const LOSSLESS = /^(pcm|flac|alac|ulaw|alaw)/;

/**
 * Reads a media file's headers and tables; `undefined` where ffprobe has to look: for what can't be read here, or not to the end. A
 * hostile table may take all memory and time there is: call it where that does no harm (`probe-worker.ts`).
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for a header that is not believed; no other reader is to be tried with that.
 */
export async function readHeaders(path: string): Promise<MediaProbe | undefined> {
  const facts = factsOf(path);
  if (facts?.isIntricate) return undefined;
  const input = new Input({ source: new FilePathSource(path), formats: FORMATS });
  try {
    return await readTracks(input, facts);
  } catch {
    // Whatever this reader dislikes, ffprobe judges: it is a fast path, not the gate.
    return undefined;
  } finally {
    input.dispose();
  }
}

function factsOf(path: string): Facts | undefined {
  try {
    return readFacts(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readTracks(input: Input, facts: Facts | undefined): Promise<MediaProbe | undefined> {
  const format = await input.getFormat();
  const videos = await input.getVideoTracks();
  const audios = await input.getAudioTracks();
  const video = preferred(videos);
  const audio = preferred(audios);
  // Streams of codecs that this reader does not know (MPEG-2, AC-3) are left out there: it can't say that there are none.
  if (LEAVES_OUT.has(format) && !(video && audio)) return undefined;
  if (facts?.decoded !== undefined && facts.decoded !== videos.length + audios.length) return undefined;
  const pictures = video && (await readVideo(video, facts));
  const sound = audio && (await readAudio(audio, facts));
  if ((video && !pictures) || (audio && !sound) || !(pictures || sound)) return undefined;
  return {
    container: format.name,
    ...(pictures && { video: { ...pictures, ...ordinal(videos, video) } }),
    ...(sound && { audio: { ...sound, ...ordinal(audios, audio) } }),
    ...(facts && { streams: facts.streams }),
    ...(facts?.announcedEnd !== undefined && { announcedEnd: facts.announcedEnd }),
  };
}

/** The one that players choose. */
function preferred<T extends InputTrack>(tracks: readonly T[]): T | undefined {
  return tracks.find((track) => track.disposition.default) ?? tracks[0];
}

function ordinal<T>(tracks: readonly T[], track: T): { ordinal?: number } {
  const at = tracks.indexOf(track);
  return at > 0 ? { ordinal: at } : {};
}

async function readAudio(track: InputAudioTrack, facts: Facts | undefined): Promise<AudioProbe | undefined> {
  const { codec, sampleRate } = track;
  if (codec === null) return undefined;
  const span = await spanOf(track, facts);
  if (!span) return undefined;
  const { start, end } = span;
  return { codec, sampleRate, channels: track.numberOfChannels, start, end, exact: LOSSLESS.test(codec) };
}

async function readVideo(track: InputVideoTrack, facts: Facts | undefined): Promise<VideoProbe | undefined> {
  const { codec, codedWidth: width, codedHeight: height } = track;
  if (codec === null) return undefined;
  const span = await spanOf(track, facts);
  const kind = await kindOf(track, codec);
  if (!span || !kind) return undefined;
  const [a, b, , c, d] = await track.getTransformationMatrix();
  const turn = turnOf(a, b, c, d);
  const { start, end, lastStart } = span;
  return { codec, width, height, start, end, lastStart, ...kind, ...(Object.keys(turn).length > 0 && turn) };
}

/** Sound that is there for its decoder alone has 2048 samples. */
const PRIMING_SECONDS = 0.1;

type Kind = Pick<VideoProbe, 'colour' | 'alpha' | 'interlaced' | 'bytesPerPixel' | 'rotation' | 'flip'>;

/** `undefined` where the container does not say what colours there are, and the codec's own headers are not read here. */
async function kindOf(track: InputVideoTrack, codec: string): Promise<Kind | undefined> {
  const { primaries, transfer } = await track.getColorSpace();
  const told = wideColour(primaries ?? undefined, transfer ?? undefined);
  if (codec === 'avc') return await kindOfAvc(track, told);
  if (codec === 'vp8' || codec === 'vp9') return await kindOfVpx(track, codec, told);
  if (!primaries || !transfer) return undefined;
  const bytesPerPixel = codedPixelBytes((await track.getCodecParameterString()) ?? '');
  return { ...(told && { colour: told }), ...(bytesPerPixel !== undefined && { bytesPerPixel }) };
}

async function kindOfAvc(track: InputVideoTrack, told: Kind['colour']): Promise<Kind | undefined> {
  const avcC = await avcConfigOf(track);
  const packet = await new EncodedPacketSink(track).getFirstPacket();
  const units = () => avcUnits(packet?.data ?? new Uint8Array(), avcC);
  const sps = avcC ? spsOfConfig(avcC) : spsOfUnits(units());
  // ffprobe tells whether they are, and not only may be.
  if (!sps || sps.mayInterlace) return undefined;
  const colour = told ?? wideColour(PRIMARIES[sps.primaries], TRANSFERS[sps.transfer]);
  const orientation = orientationOf(units());
  return { bytesPerPixel: sps.bytesPerPixel, ...(colour && { colour }), ...(orientation && turnBy(orientation)) };
}

async function avcConfigOf(track: InputVideoTrack): Promise<Uint8Array | undefined> {
  const description = (await track.getDecoderConfig())?.description;
  if (!description) return undefined;
  return ArrayBuffer.isView(description) ? bytesOf(description) : new Uint8Array(description);
}

/** ISO/IEC 23091-2, as far as it is not BT.709's or like it. */
const PRIMARIES: Readonly<Record<number, string>> = { 9: 'bt2020', 11: 'smpte431', 12: 'smpte432' };
const TRANSFERS: Readonly<Record<number, string>> = { 16: 'pq', 18: 'hlg' };

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

async function kindOfVpx(track: InputVideoTrack, codec: 'vp8' | 'vp9', colour: Kind['colour']): Promise<Kind> {
  // Containers that may have alpha mostly have none: the first picture shows it.
  const isAlpha =
    (await track.canBeTransparent()) &&
    (await new EncodedPacketSink(track).getFirstPacket())?.sideData.alpha !== undefined;
  const bytesPerPixel = codedPixelBytes((await track.getCodecParameterString()) ?? '');
  return {
    ...(colour && { colour }),
    ...(isAlpha && { alpha: codec === 'vp8' ? 'libvpx' : 'libvpx-vp9' }),
    ...(bytesPerPixel !== undefined && { bytesPerPixel: isAlpha ? 4 : bytesPerPixel }),
  };
}

/** Of Matroska's clock: times of packets differ by as much. */
const CLOCK_SECONDS = 0.001;

/** When a track begins and ends as its edit list shows it; `undefined` where that can't be told here. */
async function spanOf(
  track: InputTrack,
  facts: Facts | undefined,
): Promise<{ start: number; end: number; lastStart: number } | undefined> {
  const start = await track.getFirstTimestamp();
  const sink = new EncodedPacketSink(track);
  const last = await sink.getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true });
  if (!last) return undefined;
  const edit = facts?.isFragmented ? undefined : facts?.tracks.get(track.id)?.edit;
  // Without an edit list that hides them, packets before zero move all others; sound's first ones by little.
  if (!edit && start < (track.type === 'audio' ? -PRIMING_SECONDS : 0)) return undefined;
  const end = Math.min(await endOf(track, sink, last), last.timestamp + LAST_PACKET_SECONDS);
  const from = edit ? Math.max(start, edit.emptySeconds) : start;
  const until = edit && edit.seconds > 0 ? Math.min(end, edit.emptySeconds + edit.seconds) : end;
  const isSpan = Number.isFinite(from) && Number.isFinite(until) && until > from;
  return isSpan ? { start: from, end: until, lastStart: Math.min(last.timestamp, until) } : undefined;
}

/** Recorders of browsers do not say how long the last picture stands: as long as the one before it. The last of the sound may be shorter. */
async function endOf(track: InputTrack, sink: EncodedPacketSink, last: EncodedPacket): Promise<number> {
  const end = await track.computeDuration();
  if (track.type !== 'video' || end > last.timestamp || last.duration > 0) return end;
  const before = await sink.getPacket(last.timestamp - CLOCK_SECONDS, { metadataOnly: true });
  return end + Math.max(0, before ? last.timestamp - before.timestamp : 0);
}
