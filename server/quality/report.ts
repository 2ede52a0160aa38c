import { decodeCmcd } from '@svta/cml-cmcd';
import { defined } from '../lib/defined.ts';
import { type CmcdText, decoded, isSid, MAX_TEXT_LENGTH } from './cmcd-text.ts';

/** CMCD `sta` (CTA-5004-B), by its token. */
const STATES = {
  s: 'starting',
  p: 'playing',
  k: 'seeking',
  r: 'rebuffering',
  a: 'paused',
  w: 'waiting',
  e: 'ended',
  f: 'failed',
  q: 'quit',
  d: 'preloading',
} as const;

export type PlayerState = (typeof STATES)[keyof typeof STATES];

/** All of them, in the order of the standard. */
export const PLAYER_STATES: readonly PlayerState[] = Object.values(STATES);

/** What one report says, as far as it is within bounds: what is not said, or can't be, is absent. */
export type Report = {
  readonly sid?: string;
  /** Token of the event that made the player report: `t`, `ps`, `e` and so on. */
  readonly event?: string;
  /** The player's own clock, in ms since the epoch. */
  readonly playerMs?: number;
  readonly state?: PlayerState;
  /** `msd`: from being told to play to the first picture. */
  readonly startDelayMs?: number;
  /** `bs`: the buffer ran dry since the report before. */
  readonly isStarved: boolean;
  /** `bsa`, `bsda`, `dfa`: since the viewer's session began. */
  readonly stalls?: number;
  readonly rebufferMs?: number;
  readonly droppedFrames?: number;
  /** `ltc`: behind the live edge. */
  readonly latencyMs?: number;
  /** `bl`. */
  readonly bufferMs?: number;
  /** `br`, `mtp`. */
  readonly bitrateKbps?: number;
  readonly throughputKbps?: number;
  /** `ec`: the player's own codes. */
  readonly errors: readonly string[];
};

const DAY_MS = 86_400_000;
/** Beyond these nothing is measured but something is broken, or made up. */
const MOST = {
  startDelayMs: 300_000,
  stalls: 1_000_000,
  rebufferMs: DAY_MS,
  droppedFrames: 100_000_000,
  /** The longest window of a playlist. */
  latencyMs: 3_600_000,
  bufferMs: DAY_MS,
  bitrateKbps: 200_000,
  throughputKbps: 100_000_000,
  playerMs: 8.64e15,
} as const;
/** Codes of one report that are kept, and the length of each. */
const MAX_ERRORS = 4;
const MAX_ERROR_LENGTH = 64;
const MAX_TOKEN_LENGTH = 8;
/** What must not stand in a log or a page: controls, halves of surrogate pairs. */
const UNFIT = /[\p{Cc}\p{Cs}]/gu;

/**
 * Decodes one report: the CMCD of a request, or a line of event mode. Anybody can write it.
 *
 * @returns `undefined` for what is no CMCD.
 */
export function readReport({ text, isEncoded }: CmcdText): Report | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const plain = isEncoded ? decoded(text) : text;
  const fields = plain === undefined ? undefined : fieldsOf(plain);
  return fields && reportOf(fields);
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return decodeCmcd(text, { convertToLatest: true });
  } catch {
    // The decoder throws plain errors for malformed text; whatever hostile text makes of it, it is no report.
    return undefined;
  }
}

function reportOf(fields: Readonly<Record<string, unknown>>): Report {
  const state = token(fields.sta) ?? '';
  return {
    ...defined({
      sid: typeof fields.sid === 'string' && isSid(fields.sid) ? fields.sid : undefined,
      event: token(fields.e),
      playerMs: within(fields.ts, MOST.playerMs),
      state: Object.hasOwn(STATES, state) ? STATES[state as keyof typeof STATES] : undefined,
      startDelayMs: within(fields.msd, MOST.startDelayMs),
      // Causes are told apart by object type: together they are all there were.
      stalls: within(sum(numbersOf(fields.bsa)), MOST.stalls),
      rebufferMs: within(sum(numbersOf(fields.bsda)), MOST.rebufferMs),
      droppedFrames: within(fields.dfa, MOST.droppedFrames),
      latencyMs: within(fields.ltc, MOST.latencyMs),
      // The buffer that runs dry first is the one that counts.
      bufferMs: within(least(numbersOf(fields.bl)), MOST.bufferMs),
      // Sound and pictures that come apart are two rates.
      bitrateKbps: within(sum(numbersOf(fields.br)), MOST.bitrateKbps),
      throughputKbps: within(most(numbersOf(fields.mtp)), MOST.throughputKbps),
    }),
    isStarved: fields.bs === true,
    errors: errorsOf(fields.ec),
  };
}

/** A token of the standard. */
function token(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= MAX_TOKEN_LENGTH ? value : undefined;
}

function within(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined;
}

/** The numbers of an inner list, whose items may have parameters. */
function numbersOf(list: unknown): number[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const value = typeof item === 'object' && item !== null && 'value' in item ? item.value : item;
    return typeof value === 'number' ? [value] : [];
  });
}

function sum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((all, value) => all + value, 0);
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function most(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

function errorsOf(list: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items
    .filter((item) => typeof item === 'string')
    .slice(0, MAX_ERRORS)
    .map((code) => code.slice(0, MAX_ERROR_LENGTH).replaceAll(UNFIT, '?'));
}
