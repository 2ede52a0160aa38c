import { anyOf, type Random, wholeBelow } from '../support/random.ts';
import { mutated } from './media-bodies.ts';
import { anyStranger, type Stranger } from './strangers.ts';

export type FuzzRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
  readonly stranger: Stranger;
};

export type Material = {
  readonly seeds: readonly Buffer[];
  readonly scripts: readonly Buffer[];
  /** Ids of sessions that are there. */
  readonly sessions: readonly string[];
};

const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
] as const;
/** `{id}`: a session; `{x}`: anything. */
const PATHS = [
  '/', '/embed/{id}', '/dashboard', '/player.js', '/healthz', '/readyz', '/metrics', '/openapi.json', '/{x}', '/assets/{x}',
  '/v1/sessions', '/v1/sessions/{id}', '/v1/sessions/{id}/end', '/v1/sessions/{id}/chunks', '/v1/sessions/{id}/say',
  '/v1/sessions/{id}/turns', '/v1/sessions/{id}/interrupt', '/v1/sessions/{id}/quality', '/v1/providers', '/v1/stats',
  '/v1/sessions/{x}', '/v1/{x}', '/live/{id}/index.m3u8', '/live/{id}/v0/stream.m3u8', '/live/{id}/subs/stream.m3u8',
  '/live/{id}/v0/{x}', '/live/{id}/{x}', '/live/{x}', '/live/{id}/cmcd', '/live/{id}/recording.mp4', '/live/{id}/recording.vtt',
  '/live/{id}/~{x}/index.m3u8',
] as const; // biome-ignore format: a list to be read as one
const STRANGE = [
  '__proto__', 'constructor', '..', '%2e%2e', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', '..%5c..%5c', '%00', '%', '%zz', '%ff%fe', '....//',
  '/etc/passwd', 'a'.repeat(3_000), '*', '\\', ';', '0', '-1', '1e309', 'NaN', 'null', 'undefined', 'true', '[]', '{}', "'", '"',
  '<script>alert(1)</script>', '%0d%0aSet-Cookie:%20a=b', '\u202e', '%F0%9F%92%A9', 'file:', '$' + '{jndi:ldap://a}', '{{7*7}}', '999999999999999999999',
] as const; // biome-ignore format: a list to be read as one
const QUERY_NAMES = [
  '_HLS_msn',
  '_HLS_part',
  '_HLS_skip',
  'text',
  'index',
  'turn',
  'limit',
  'cursor',
  'after',
  'onBusy',
  'voice',
  'filler',
  'token',
  'CMCD',
  'lastEventId',
  '{x}',
] as const;
const HEADER_NAMES = [
  'range',
  'if-none-match',
  'if-range',
  'accept-encoding',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'last-event-id',
  'authorization',
  'origin',
  'x-forwarded-for',
  'x-forwarded-host',
  'host',
  'cmcd-request',
  'accept',
  'expect',
  'sec-fetch-site',
  'cookie',
] as const;
const HEADER_VALUES = [
  '',
  '*',
  'bytes=0-',
  'bytes=5-1',
  `bytes=${'0-1,'.repeat(1_300)}0-1`,
  'bytes=-99999999999999999999',
  'gzip, br;q=0',
  'gzip',
  'deflate',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/json',
  'application/json; charset=utf-16',
  'video/mp4',
  'audio/wav',
  'application/cmcd',
  '-1',
  '1'.repeat(400),
  'Bearer x',
  'null',
  'http://evil.example',
  '127.0.0.1, ::1, x',
  'bl=1,br=2,sid="a"',
  'sid="\\',
  '100-continue',
  'cross-site',
  '"',
  'W/"x"',
] as const;
const JSON_KEYS = [
  'id',
  'profile',
  'pacing',
  'filler',
  'captions',
  'title',
  'window',
  'text',
  'voice',
  'language',
  'look',
  'instructions',
  'turn',
  'onBusy',
  '__proto__',
  'constructor',
  'width',
  'height',
  'fps',
  'audioRate',
  'renditions',
] as const;

const MANY = 30;

function value(random: Random, depth = 0): unknown {
  const kind = wholeBelow(random, depth > 2 ? 8 : 10);
  if (kind < 3) return anyOf(random, STRANGE);
  if (kind === 3) return anyOf(random, [0, -1, 1, 2, 25, 64, 128, 1e9, 2 ** 53, 1.5, Number.MIN_VALUE]);
  if (kind === 4) return anyOf(random, [true, false, null]);
  if (kind === 5)
    return anyOf(random, [
      'live',
      'asap',
      'idle',
      'hold',
      'none',
      'en',
      'Hello there.',
      'Say it. Twice!',
      '\u0000',
      '\ud800',
    ]);
  if (kind === 6) return '😀 <b> --> \n#EXTINF:1,\n'.repeat(1 + wholeBelow(random, MANY));
  if (kind === 7) return { width: 64, height: 64, fps: 10 };
  if (kind === 8) return Array.from({ length: wholeBelow(random, 4) }, () => value(random, depth + 1));
  return object(random, depth + 1);
}

function object(random: Random, depth = 0): object {
  const entries = Array.from({ length: wholeBelow(random, 4) }, () => [anyOf(random, JSON_KEYS), value(random, depth)]);
  // As a client writes it: __proto__ is a name like any other in JSON.
  return JSON.parse(
    `{${entries.map(([name, of]) => `${JSON.stringify(name)}:${JSON.stringify(of) ?? 'null'}`).join(',')}}`,
  ) as object;
}

function fill(random: Random, pattern: string, { sessions }: Material): string {
  return pattern.replaceAll('{id}', () => anyOf(random, sessions)).replaceAll('{x}', () => anyOf(random, STRANGE));
}

function query(random: Random, material: Material): string {
  const count = anyOf(random, [0, 0, 1, 2, 3]);
  const fields = Array.from({ length: count }, () => {
    const name = fill(random, anyOf(random, QUERY_NAMES), material);
    return `${name}=${encodeURIComponent(String(anyOf(random, [anyOf(random, STRANGE), wholeBelow(random, 50), 'YES', '{x}'])).replace(/[\ud800-\udfff]/g, ''))}`;
  });
  return count === 0 ? '' : `?${fields.join('&')}`;
}

function body(random: Random, { seeds, scripts }: Material): Buffer {
  const kind = random();
  if (kind < 0.4) return mutated(random, seeds);
  if (kind < 0.5) return anyOf(random, scripts);
  if (kind < 0.55) return anyOf(random, seeds);
  const text = JSON.stringify(object(random));
  return kind < 0.95 ? Buffer.from(text) : Buffer.from(text.slice(0, wholeBelow(random, text.length + 1)));
}

const BODIES = new Set(['POST', 'PUT', 'PATCH']);
/** What a path can hold on a request line. */
const printable = (path: string): string => path.replace(/[^\x21-\x7e]/g, (letter) => encodeURIComponent(letter));

/** One request that somebody might send who means no good, or mistypes. */
export function fuzzRequest(random: Random, material: Material): FuzzRequest {
  const isUpload = random() < 0.25;
  const pattern = isUpload ? '/v1/sessions/{id}/chunks' : anyOf(random, PATHS);
  const method = isUpload ? 'POST' : anyOf(random, METHODS);
  const headers: Record<string, string> = {};
  for (let count = anyOf(random, [0, 0, 0, 1, 2]); count > 0; count--)
    headers[anyOf(random, HEADER_NAMES)] = anyOf(random, HEADER_VALUES);
  if (BODIES.has(method) && !isUpload && random() < 0.6) headers['content-type'] = 'application/json';
  const stranger = anyStranger(random);
  return {
    method,
    stranger,
    path: printable(fill(random, pattern, material) + query(random, material)),
    headers: { ...headers, ...stranger.headers },
    body: BODIES.has(method) ? body(random, material) : undefined,
  };
}
