import { describe, expect, it } from 'vitest';
import { StreamError } from '../../errors.ts';
import { type Frame, framesOf } from './frames.ts';

const options = {
  failure: 'LLM_FAILED',
  subject: 'the language model',
  unframed: (text: string) => new StreamError('LLM_FAILED', `unframed: ${text.slice(0, 20)}`),
} as const;

/** A server that sends the same bytes for ever. */
function endless(text: string): { body: ReadableStream<Uint8Array>; sent: () => number } {
  const bytes = new TextEncoder().encode(text);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += bytes.length;
      if (sent > 64_000_000) controller.close();
      else controller.enqueue(bytes);
    },
  });
  return { body, sent: () => sent };
}

/** The text in pieces of so many bytes. */
function bodyOf(text: string, size = 1): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + size));
      at += size;
    },
  });
}

async function framesIn(text: string, size?: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(bodyOf(text, size), options)) frames.push(frame);
  return frames;
}

const A = '{"a":"x}\\"]{,"}';
const B = '{"b":[{"c":1},"…👋"]}';

describe('the messages of an answer', () => {
  it.each([
    ['an event stream', `data: ${A}\n\ndata: ${B}\n\ndata: [DONE]\n\n`],
    ['without spaces', `data:${A}\n\ndata:${B}\n\ndata:[DONE]\n\n`],
    ['with CRLF', `data: ${A}\r\n\r\ndata: ${B}\r\n\r\ndata: [DONE]\r\n\r\n`],
    ['with CR', `data: ${A}\r\rdata: ${B}\r\rdata: [DONE]\r\r`],
    ['with a byte order mark', `\ufeffdata: ${A}\n\ndata: ${B}\n\ndata: [DONE]\n\n`],
    ['after blank lines', `\n\n \r\ndata: ${A}\n\ndata: ${B}\n\ndata: [DONE]\n\n`],
    ['without a blank line at the end', `data: ${A}\n\ndata: ${B}\n\ndata: [DONE]`],
    ['with fields', `id: 1\nretry: 5\nevent: \ndata: ${A}\n\nid:2\ndata: ${B}\n\ndata: [DONE]\n\n`],
    ['with comments', `: OPENROUTER PROCESSING\n\n:\n\ndata: ${A}\n\n: x\ndata: ${B}\n\ndata: [DONE]\n\n: cost=1\n`],
    [
      'with comments as data',
      `data: : OPENROUTER PROCESSING\n\ndata: ${A}\n\ndata: \n\ndata: ${B}\n\ndata: [DONE]\n\n`,
    ],
    ['with pings', `event: ping\ndata: 2024\n\ndata: ${A}\n\nevent: ping\ndata: {}\n\ndata: ${B}\n\ndata: [DONE]\n\n`],
    ['with one line feed between events', `data: ${A}\ndata: ${B}\ndata: [DONE]\n`],
    ['with bare lines', `data: ${A}\n\n${B}\n\ndata: [DONE]\n\n`],
  ])('%s', async (_, text) => {
    for (const size of [1, 7, 1000])
      expect(await framesIn(text, size)).toEqual([A, B, '[DONE]'].map((data) => ({ data, isEvent: true })));
  });

  it.each([
    ['lines', `${A}\n${B}\n`],
    ['lines, the last without an end', `${A}\n${B}`],
    ['lines with CRLF', `${A}\r\n${B}\r\n`],
    ['one after the other', `${A}${B}`],
    ['a list', `[${A},\n${B}]`],
    ['a text sequence', `\u001e${A}\n\u001e${B}\n`],
    ['after a byte order mark and blank lines', `\ufeff\n\n${A}\n\n\n${B}`],
  ])('JSON: %s', async (_, text) => {
    for (const size of [1, 7, 1000])
      expect(await framesIn(text, size)).toEqual([A, B].map((data) => ({ data, isEvent: false })));
  });

  it('gives a JSON value over many lines as it is', async () => {
    const pretty = JSON.stringify(JSON.parse(B), null, 2);
    expect(await framesIn(pretty)).toEqual([{ data: pretty, isEvent: false }]);
  });

  it('tells what is no JSON between JSON, and what is cut', async () => {
    expect((await framesIn(`${A}\noops\n${B}\nDONE`)).map(({ data }) => data)).toEqual([A, 'oops', B, 'DONE']);
    expect((await framesIn(`${A}\n{"b":`)).map(({ data }) => data)).toEqual([A, '{"b":']);
  });

  it('tells the name of an event, and joins its lines', async () => {
    expect(await framesIn('event: error\ndata: a\ndata: b\n\n')).toEqual([
      { data: 'a\nb', event: 'error', isEvent: true },
    ]);
  });

  it.each(['<html>', 'Hello.', 'database', 'ID3', '\u0000\u0001'])('refuses %j', async (text) => {
    await expect(framesIn(text)).rejects.toThrow(/^unframed: /);
  });

  it('is empty when nothing comes', async () => {
    expect(await framesIn('')).toEqual([]);
    expect(await framesIn('\n \n')).toEqual([]);
    expect(await framesIn('[]')).toEqual([]);
  });

  it('tells of every sign of life', async () => {
    let signs = 0;
    for await (const _ of framesOf(bodyOf('\n:\n\n', 1), { ...options, onBytes: () => signs++ })) void _;
    expect(signs).toBe(4);
  });
});

it.each([
  ['a line', `data: ${'x'.repeat(10_000)}`],
  ['an event', 'data: {"a":\n'.repeat(1000)],
  ['an event', `data:${'x'.repeat(10_000)}\r\n`],
  ['a JSON value', `{"a":"${'x'.repeat(10_000)}`],
  ['a JSON value', `{"a":${'['.repeat(10_000)}`],
])('gives up on %s without end', async (what, text) => {
  const { body, sent } = endless(text);
  await expect(framesOf(body, options).next()).rejects.toMatchObject({
    code: 'LLM_FAILED',
    kind: 'wrong_answer',
    message: `the language model sent ${what} that is longer than 1000000 characters`,
  });
  expect(sent()).toBeLessThan(3_000_000);
});

it('reads as many events as come, each within the bound', async () => {
  const { body } = endless(`data: ${'x'.repeat(100_000)}\n\n`);
  let events = 0;
  for await (const { data } of framesOf(body, options)) if (data.length === 100_000) events++;
  expect(events).toBe(639);
});
