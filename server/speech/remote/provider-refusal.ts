import type { FailureKind } from '../../errors.ts';
import { fieldOf } from '../../lib/json-field.ts';
import { retryAfterMs } from '../../lib/retry-after.ts';

/** A model on its way into memory, in the words of llama.cpp, Hugging Face, Ollama, Triton, LM Studio and others. */
const LOADING =
  /\bloading\b|\bwarming[ -]?up\b|\bstarting[ -]?up\b|\binitiali[sz]ing\b|\bnot (?:yet )?(?:ready|initiali[sz]ed|finished loading)\b|\bcold[ -]start/i;
/** A load that failed is told in the same words. */
const LOAD_FAILED = /\b(?:error|fail(?:ed|ure)?|unable|could ?n[o'’]t|can ?n[o'’]t)(?: \w{1,20}){0,2} load/i;
/** Nothing that passes by itself, unlike a rate limit: OpenAI, Anthropic, OpenRouter. */
const QUOTA =
  /insufficient[_ ](?:quota|funds|credits?)|exceeded your current quota|billing|credit balance|payment required/i;
/** "Please try again in 7.66s", "in 1m30s", "in 250ms", "retry in 20 seconds": OpenAI, Groq, Google. */
const TRY_AGAIN =
  /\b(?:re)?try(?: again)? (?:in|after) (?:about )?(?:(\d{1,4})m(?!s)(?:in)?)?\s?(?:(\d{1,6}(?:\.\d{1,9})?)\s?(ms|s))?/i;

/** Statuses that pass by themselves: with a time given, it is kept to. */
const PASSING: ReadonlySet<number> = new Set([202, 408, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529]);

/** Nobody asks more often than that, whatever a server says. */
const MIN_WAIT_MS = 250;
/** Between two questions to a server that loads and does not say how long: at first, and at most. */
const LOADING_POLL_MS = 1000;
const MAX_POLL_MS = 5000;

/** An HTTP answer that is none: what it says, in the provider's own words, and when to ask again. */
export class ProviderRefusal extends Error {
  readonly status: number;
  /** It came within an answer whose status had been good. */
  readonly isWithin: boolean;
  /** Not yet fit for a log or a person (`safeReason`). */
  readonly reason: string;
  readonly kind: FailureKind;
  /** The server does not want to be asked before that, in ms. */
  readonly #orderMs: number | undefined;
  /** The server guesses that it will take so long. */
  readonly #estimateMs: number | undefined;

  constructor(answer: { status: number; headers: Headers; body: string; isWithin?: boolean }, nowMs = Date.now()) {
    const { headers, body, isWithin = false } = answer;
    const json = jsonIn(body);
    const reason = reasonIn(json) ?? body;
    const status = isWithin ? statusWithin(json, answer.status) : answer.status;
    super(status < 300 && isWithin ? reason : `${status} ${reason}`);
    this.name = 'ProviderRefusal';
    this.status = status;
    this.isWithin = isWithin;
    this.reason = reason;
    this.kind = kindOf(status, `${reason} ${codeIn(json)}`);
    const isPassing = PASSING.has(status) || this.kind === 'loading';
    this.#orderMs = isPassing && this.kind !== 'quota' ? (orderIn(headers, nowMs) ?? delayIn(json, reason)) : undefined;
    this.#estimateMs = isPassing ? secondsIn(json, 'estimated_time') : undefined;
  }

  /**
   * How long to wait before the request is worth sending again, in ms; `undefined`: it is not, or not by waiting.
   *
   * @param asked - Times that this server has refused in a row, from 1.
   */
  againMs(asked: number): number | undefined {
    if (this.#orderMs !== undefined) return Math.max(MIN_WAIT_MS, this.#orderMs);
    if (this.kind !== 'loading') return undefined;
    const pollMs = Math.min(MAX_POLL_MS, LOADING_POLL_MS * 1.5 ** (asked - 1));
    return Math.max(MIN_WAIT_MS, Math.min(pollMs, this.#estimateMs ?? pollMs));
  }
}

/** The refusal in what a client threw, however deep. */
export function refusalIn(error: unknown): ProviderRefusal | undefined {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error; depth++) {
    if (inner instanceof ProviderRefusal) return inner;
    inner = inner.cause;
  }
  return undefined;
}

/** Whether a server that says this has its model on the way into memory. */
export function saysLoading(text: string): boolean {
  return LOADING.test(text) && !LOAD_FAILED.test(text);
}

/** An error within an answer may give as its code the status that it came too late for. */
function statusWithin(json: unknown, status: number): number {
  const code = Number(fieldOf(fieldOf(json, 'error'), 'code'));
  return Number.isInteger(code) && code >= 400 && code <= 599 ? code : status;
}

function kindOf(status: number, said: string): FailureKind {
  if (status !== 401 && status !== 403 && saysLoading(said)) return 'loading';
  if (status === 402 || (status === 429 && QUOTA.test(said))) return 'quota';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 408 || status === 504 || status === 522 || status === 524) return 'timeout';
  if ([202, 425, 429, 503, 529].includes(status)) return 'busy';
  return status >= 500 || status < 300 ? 'failed' : 'refused';
}

function orderIn(headers: Headers, nowMs: number): number | undefined {
  // Azure's, in front of the standard's, which it rounds up.
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  return Number.isFinite(ms) && ms >= 0 ? ms : retryAfterMs(headers.get('retry-after'), nowMs);
}

/** Google's `retryDelay`, fields of others, or the sentence. */
function delayIn(json: unknown, reason: string): number | undefined {
  const field = secondsIn(json, 'retry_after') ?? secondsIn(json, 'retryAfter') ?? googleDelayIn(json);
  if (field !== undefined) return field;
  const [, minutes, amount, unit] = TRY_AGAIN.exec(reason) ?? [];
  if (minutes === undefined && amount === undefined) return undefined;
  return Number(minutes ?? 0) * 60_000 + Number(amount ?? 0) * (unit === 'ms' ? 1 : 1000);
}

function googleDelayIn(json: unknown): number | undefined {
  const details = fieldOf(fieldOf(json, 'error'), 'details');
  const delays = Array.isArray(details) ? details.map((detail) => fieldOf(detail, 'retryDelay')) : [];
  const [, seconds] = /^(\d{1,6}(?:\.\d{1,9})?)s$/.exec(delays.find((delay) => typeof delay === 'string') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** A number of seconds beside the reason, or in it, as milliseconds. */
function secondsIn(json: unknown, name: string): number | undefined {
  const value = fieldOf(json, name) ?? fieldOf(fieldOf(json, 'error'), name);
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value * 1000 : undefined;
}

/** OpenAI's, Ollama's and Hugging Face's `error`, FastAPI's `detail`, and plain `message`. */
function reasonIn(json: unknown): string | undefined {
  const candidates = [fieldOf(fieldOf(json, 'error'), 'message'), fieldOf(json, 'error'), fieldOf(json, 'message')];
  const found = [...candidates, fieldOf(json, 'detail')].find(
    (value) => value !== undefined && value !== null && value !== '',
  );
  if (found === undefined) return undefined;
  return typeof found === 'string' ? found : JSON.stringify(found);
}

function codeIn(json: unknown): string {
  const error = fieldOf(json, 'error');
  return [fieldOf(error, 'code'), fieldOf(error, 'type')].filter((value) => typeof value === 'string').join(' ');
}

function jsonIn(body: string): unknown {
  try {
    const json: unknown = JSON.parse(body);
    // Google's streams wrap their one error in a list.
    return Array.isArray(json) ? json[0] : json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
