import type { PicturesCame } from './picture-times.ts';
import type { SoundCame } from './sound-placer.ts';

/** Ways in which what decodes differs from what a file's header promises, or from what can be shown, as a closed list. */
export const DIFFERENCE_CODES = [
  /** The chunk is shorter than was announced: it ended when nothing more decoded. */
  'SHORTER',
  /** The file goes on behind the length that it says: the rest is not played. */
  'LONGER',
  /** No picture decoded: the sound is heard over the idle picture. */
  'PICTURES_MISSING',
  /** The first picture that decodes comes late: it is shown from the start. */
  'PICTURES_START_LATE',
  /** The last picture that decodes comes early: it is held. */
  'PICTURES_END_EARLY',
  /** One picture stands still for long, since none came behind it. */
  'PICTURES_STAND_STILL',
  /** Pictures change their size on the way: each is fitted in. */
  'PICTURES_RESIZED',
  'SOUND_MISSING',
  'SOUND_STARTS_LATE',
  'SOUND_ENDS_EARLY',
  /** Silence in the middle, where no sound came. */
  'SOUND_GAP',
  /** Sound came for a time that had some already: it was left out. */
  'SOUND_REPEATS',
  /** Something could not be decoded, or only in part. */
  'DAMAGED',
] as const;

/** One difference, with its figures in seconds from the start of the chunk, or as counts. */
export type Difference = {
  readonly code: (typeof DIFFERENCE_CODES)[number];
  readonly promised?: number;
  readonly came?: number;
  readonly at?: number;
  readonly seconds?: number;
  readonly count?: number;
  /** In words, with the figures. */
  readonly detail: string;
};

type Span = { readonly start: number; readonly end: number };

/** What was planned, and what came of it. Times in seconds from the start of the chunk. */
export type Comparison = {
  readonly fps: number;
  /** Length by the file's header, where that says so. */
  readonly announced: number | undefined;
  /** Length of the chunk, by the packets of the file, and as it is. */
  readonly planned: number;
  readonly length: number;
  readonly promised: { readonly pictures?: Span | undefined; readonly sound?: Span | undefined };
  readonly pictures: PicturesCame | undefined;
  readonly sound: SoundCame | undefined;
  readonly resized: boolean;
  /** Complaints of the decoders. */
  readonly damages: number;
};

/** Less than this is rounding of containers and filling of codecs: MP3 of 8 kHz fills up two blocks. */
const TOLERANCE_SECONDS = 0.3;
/** A picture that stands still in the middle is told of when that is so long, and so many times as long as others stand. */
const STILL = { seconds: 1, times: 3 };

/** Of a file that was played without its pictures, or without its sound, since they can't be decoded. */
export function missing(what: 'pictures' | 'sound'): Difference {
  return what === 'pictures'
    ? {
        code: 'PICTURES_MISSING',
        detail: 'none of the pictures could be decoded: the sound is heard over the idle picture',
      }
    : { code: 'SOUND_MISSING', detail: 'none of the sound could be decoded: there is silence' };
}

/** What there is to tell of a chunk that was encoded; nothing for nearly all. */
export function differencesOf(comparison: Comparison): Difference[] {
  return [
    ...lengthDifferences(comparison),
    ...pictureDifferences(comparison),
    ...soundDifferences(comparison),
    ...(comparison.damages > 0 ? [damaged(comparison.damages)] : []),
  ];
}

function lengthDifferences({ announced = 0, planned, length, pictures, sound }: Comparison): Difference[] {
  const goesOn = isBelow(planned, Math.max(pictures?.last ?? 0, sound?.end ?? 0));
  if (goesOn && !isBelow(length, planned)) {
    const detail = `the file goes on behind ${inSeconds(planned)}, its length by its header: the rest is not played`;
    return [{ code: 'LONGER', promised: planned, detail }];
  }
  const promised = Math.max(announced, planned);
  if (!isBelow(length, promised)) return [];
  const detail = `${inSeconds(promised)} were announced, ${inSeconds(length)} can be played: the chunk ends there`;
  return [{ code: 'SHORTER', promised, came: length, detail }];
}

function pictureDifferences({ fps, length, promised, pictures, resized }: Comparison): Difference[] {
  const told = promised.pictures;
  if (!told) return [];
  if (!pictures) return [missing('pictures')];
  const found: Difference[] = [];
  if (isBelow(Math.max(0, told.start), pictures.first)) {
    const detail = `the first picture that decodes is that of ${inSeconds(pictures.first)}: it is shown from the start`;
    found.push({ code: 'PICTURES_START_LATE', promised: told.start, came: pictures.first, detail });
  }
  const end = pictures.last + 1 / fps;
  // The last picture may stand for as long as the one before it did.
  if (isBelow(end + (pictures.gap?.seconds ?? 0), Math.min(told.end, length))) {
    const detail = `the last picture that decodes is that of ${inSeconds(pictures.last)}, ${inSeconds(told.end)} were promised: it is held`;
    found.push({ code: 'PICTURES_END_EARLY', promised: told.end, came: end, detail });
  }
  const { gap } = pictures;
  const usual = (pictures.last - pictures.first) / Math.max(1, pictures.count - 1);
  if (gap && gap.seconds >= Math.max(STILL.seconds, STILL.times * usual)) {
    const detail = `no picture comes for ${inSeconds(gap.seconds)} behind that of ${inSeconds(gap.at)}: it is held`;
    found.push({ code: 'PICTURES_STAND_STILL', at: gap.at, seconds: gap.seconds, detail });
  }
  if (resized)
    found.push({
      code: 'PICTURES_RESIZED',
      detail: 'the pictures change their size or format on the way: each is fitted in',
    });
  return found;
}

function soundDifferences({ length, promised, sound }: Comparison): Difference[] {
  const told = promised.sound;
  if (!told) return [];
  if (!sound) return [missing('sound')];
  const found: Difference[] = [];
  if (isBelow(Math.max(0, told.start), sound.start)) {
    const detail = `the first sound that decodes is that of ${inSeconds(sound.start)}: there is silence before it`;
    found.push({ code: 'SOUND_STARTS_LATE', promised: told.start, came: sound.start, detail });
  }
  if (isBelow(sound.end, Math.min(told.end, length))) {
    const detail = `no sound decodes after ${inSeconds(sound.end)}, ${inSeconds(told.end)} were promised: there is silence behind it`;
    found.push({ code: 'SOUND_ENDS_EARLY', promised: told.end, came: sound.end, detail });
  }
  if (sound.gap) {
    const { at, seconds } = sound.gap;
    found.push({
      code: 'SOUND_GAP',
      at,
      seconds,
      detail: `no sound comes for ${inSeconds(seconds)} from ${inSeconds(at)} on: there is silence`,
    });
  }
  if (sound.droppedSeconds > TOLERANCE_SECONDS) {
    const seconds = sound.droppedSeconds;
    found.push({
      code: 'SOUND_REPEATS',
      seconds,
      detail: `${inSeconds(seconds)} of sound come for a time that has some already: they are left out`,
    });
  }
  return found;
}

function damaged(count: number): Difference {
  return {
    code: 'DAMAGED',
    count,
    detail: `the decoders complained ${count} times: what they could not read is missing or looks broken`,
  };
}

/** By more than rounding. */
function isBelow(a: number, b: number): boolean {
  return a < b - TOLERANCE_SECONDS;
}

function inSeconds(value: number): string {
  return `${value.toFixed(2)} s`;
}
