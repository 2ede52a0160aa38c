import { describe, expect, it } from 'vitest';
import { ProviderRefusal, refusalIn, saysLoading } from './provider-refusal.ts';

const NOW_MS = Date.parse('Sun, 06 Nov 1994 08:49:30 GMT');

type Case = readonly [
  what: string,
  status: number,
  body: unknown,
  headers: Record<string, string>,
  kind: string,
  againMs: number | undefined,
];

const refusal = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new ProviderRefusal(
    {
      ...{ status, headers: new Headers(headers), isWithin: status === 200 },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    NOW_MS,
  );
const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

describe('when to ask again', () => {
  it.each<Case>([
    // Loading: asked again without being told when.
    ['llama.cpp', 503, error('Loading model', { type: 'unavailable_error', code: 503 }), {}, 'loading', 1000],
    ['llama.cpp, older', 503, { error: { code: 503, message: 'Loading model' } }, {}, 'loading', 1000],
    ['Hugging Face', 503, { error: 'Model gpt2 is currently loading', estimated_time: 20 }, {}, 'loading', 1000],
    [
      'Hugging Face, nearly there',
      503,
      { error: 'Model gpt2 is currently loading', estimated_time: 0.4 },
      {},
      'loading',
      400,
    ],
    ['Ollama', 500, { error: 'llm server loading model' }, {}, 'loading', 1000],
    ['Triton', 400, { error: "Request for unknown model: 'm' is not ready" }, {}, 'loading', 1000],
    ['FastAPI', 503, { detail: 'The model is still warming up' }, {}, 'loading', 1000],
    ['plain text', 503, 'Starting up, please wait', {}, 'loading', 1000],
    ['an error within a stream', 200, error('Loading model'), {}, 'loading', 1000],
    ['a status within a stream', 200, error('Please wait', { code: 429, retry_after: 3 }), {}, 'busy', 3000],
    ['loading, with a time', 503, error('Loading model'), { 'retry-after': '7' }, 'loading', 7000],
    // Busy: only when it says until when.
    ['Retry-After in seconds', 503, '', { 'retry-after': '3' }, 'busy', 3000],
    ['Retry-After as a date', 503, '', { 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }, 'busy', 7000],
    ['Retry-After 0', 503, '', { 'retry-after': '0' }, 'busy', 250],
    ['retry-after-ms', 429, '', { 'retry-after-ms': '1500', 'retry-after': '2' }, 'busy', 1500],
    ['Groq', 429, error('Rate limit reached. Please try again in 7.66s. Visit'), {}, 'busy', 7660],
    ['OpenAI', 429, error('Limit: 3 / min. Please try again in 20s.'), {}, 'busy', 20_000],
    ['OpenAI, in ms', 429, error('Please try again in 250ms.'), {}, 'busy', 250],
    ['OpenAI, in minutes', 429, error('Please try again in 1m30s.'), {}, 'busy', 90_000],
    [
      'Google',
      429,
      [{ error: { message: 'Quota exceeded for metric', details: [{ '@type': 'x' }, { retryDelay: '12s' }] } }],
      {},
      'busy',
      12_000,
    ],
    ['retry_after in the body', 503, { error: { message: 'busy', retry_after: 2 } }, {}, 'busy', 2000],
    ['a gateway with a time', 502, '', { 'retry-after': '1' }, 'failed', 1000],
    ['429 without a time', 429, error('Too many requests'), {}, 'busy', undefined],
    ['503 without a time', 503, error('overloaded'), {}, 'busy', undefined],
    ['Anthropic', 529, error('Overloaded'), {}, 'busy', undefined],
    ['"try again later"', 429, error('Please try again later'), {}, 'busy', undefined],
    // Never.
    [
      'a quota',
      429,
      error('You exceeded your current quota', { code: 'insufficient_quota' }),
      { 'retry-after': '1' },
      'quota',
      undefined,
    ],
    ['no money', 402, error('Insufficient credits'), {}, 'quota', undefined],
    ['a key', 401, error('Loading your key failed'), { 'retry-after': '1' }, 'unauthorized', undefined],
    ['a load that failed', 500, error('error loading model /models/x.gguf'), {}, 'failed', undefined],
    ['another that failed', 500, error('failed to load model'), {}, 'failed', undefined],
    ['a load that can not be', 500, error('could not load model: out of memory'), {}, 'failed', undefined],
    ['a bad request with a time', 400, error('context length exceeded'), { 'retry-after': '1' }, 'refused', undefined],
    ['what is not there', 404, error("model 'm' not found, try pulling it first"), {}, 'not_found', undefined],
    ['nonsense in the header', 503, '', { 'retry-after': 'soon', 'retry-after-ms': '-5' }, 'busy', undefined],
    [
      'nonsense in the body',
      503,
      { error: { retry_after: '5', message: { a: 1 } }, estimated_time: -1 },
      {},
      'busy',
      undefined,
    ],
  ])('%s', (_what, status, body, headers, kind, againMs) => {
    const found = refusal(status, body, headers);
    expect({ kind: found.kind, againMs: found.againMs(1) }).toEqual({ kind, againMs });
  });

  it('asks a server that loads more and more seldom', () => {
    const loading = refusal(503, error('Loading model'));
    expect([1, 2, 3, 10].map((asked) => loading.againMs(asked))).toEqual([1000, 1500, 2250, 5000]);
  });
});

it.each([
  [{ error: { message: 'Sorry' } }, 'Sorry'],
  [{ error: 'Sorry' }, 'Sorry'],
  [{ message: 'Sorry' }, 'Sorry'],
  [{ detail: [{ loc: ['body'], msg: 'field required' }] }, '[{"loc":["body"],"msg":"field required"}]'],
  [[{ error: { message: 'Sorry' } }], 'Sorry'],
  ['<h1>Sorry', '<h1>Sorry'],
  ['', ''],
  ['null', 'null'],
  ['{"error":null}', '{"error":null}'],
])('finds the reason in %j', (body, reason) => expect(refusal(500, body).reason).toBe(reason));

it('is found in what wraps it, and nowhere else', () => {
  const found = refusal(500, '');
  expect(refusalIn(new Error('a', { cause: new Error('b', { cause: found }) }))).toBe(found);
  expect(refusalIn(new Error('a'))).toBeUndefined();
  const ring = new Error('ring');
  ring.cause = ring;
  expect(refusalIn(ring)).toBeUndefined();
});

it('is quick with any text', () => {
  for (const text of ['fail '.repeat(20_000), 'try again in 1m'.repeat(5000), `error ${'a '.repeat(50_000)}`])
    expect(saysLoading(text) || refusal(429, text).againMs(1) !== 0).toBe(true);
});
