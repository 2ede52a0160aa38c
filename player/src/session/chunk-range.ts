import { named } from './fields.ts';

/** Says from which moment how much of a text has been heard. */
export type SpokenWord = {
  /** In milliseconds since the epoch, by program date time. */
  readonly atMs: number;
  /** Characters of the range's text up to the end of the word. */
  readonly until: number;
};

/**
 * What an EXT-X-DATERANGE of the media playlist tells of a chunk: `server/session/chunk-date-range.ts` has the format. Dates are
 * program date times, in milliseconds since the epoch.
 */
export type ChunkRange = {
  /** The chunk's id; `<id>.2` and so on for what follows after filler had to come between. */
  readonly id: string;
  readonly turn?: string;
  readonly index?: number;
  /** What is said in it; for a continuation, only what was not said before. */
  readonly text: string;
  readonly startMs: number;
  /** When it ends, or ended. */
  readonly endMs: number;
  /** It is over, or is known to be as long as planned. */
  readonly whole: boolean;
  /** In order; empty where the voice tells no times. */
  readonly words: readonly SpokenWord[];
};

const CLASS = 'throughline.chunk';

/** An attribute list as hls.js and WebKit hand it out. */
export type Attributes = { readonly [name: string]: unknown };

/** Undefined for what is no chunk, or says nothing that can be placed. @param startMs - START-DATE. */
export function parseChunkRange(attributes: Attributes, startMs: number): ChunkRange | undefined {
  const id = string(attributes.ID);
  if (attributes.CLASS !== CLASS || id === undefined || Number.isNaN(startMs)) {
    return undefined;
  }
  const text = decoded(attributes['X-TEXT']) ?? '';
  const planned = number(attributes['PLANNED-DURATION']);
  const lasted = number(attributes.DURATION);
  const duration = lasted ?? planned ?? 0;
  return {
    id,
    ...named({ turn: decoded(attributes['X-TURN']), index: number(attributes['X-INDEX']) }),
    text,
    startMs,
    endMs: startMs + duration * 1000,
    whole: planned === undefined || duration >= planned,
    words: wordsOf(string(attributes['X-WORDS']) ?? '', startMs),
  };
}

/** The chunk a range is of, or goes on with. */
export function chunkOf({ id }: ChunkRange): string {
  return id.replace(/\.\d+$/, '');
}

/** `<characters>:<startMs>:<endMs>` for each word, separated by spaces. */
function wordsOf(list: string, startMs: number): SpokenWord[] {
  const words: SpokenWord[] = [];
  let until = 0;
  for (const entry of list.split(' ')) {
    const match = /^(\d+):(\d+):\d+$/.exec(entry);
    if (match !== null) {
      until += Number(match[1]);
      words.push({ atMs: startMs + Number(match[2]), until });
    }
  }
  return words;
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  const parsed = typeof value === 'number' ? value : Number.parseFloat(string(value) ?? '');
  return Number.isFinite(parsed) ? parsed : undefined;
}

function decoded(value: unknown): string | undefined {
  const encoded = string(value);
  try {
    return encoded && decodeURIComponent(encoded);
  } catch (error) {
    // A stray percent sign: nobody encoded it.
    if (error instanceof URIError) {
      return encoded;
    }
    throw error;
  }
}
