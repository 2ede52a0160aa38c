import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamError } from '../../errors.ts';
import { ProviderRefusal } from '../remote/provider-refusal.ts';
import { type OpenAiScript, type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { AnswerFilter } from './answer-filter.ts';
import { answerPieces } from './answer-pieces.ts';
import { createOpenAiLlm } from './openai-llm.ts';
import { ThoughtMemory } from './thought-memory.ts';

let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

async function answer(script: OpenAiScript): Promise<string> {
  server.always('chat', script);
  const llm = createOpenAiLlm({ baseUrl: server.baseUrl, model: 'm', firstTokenMs: 5000, tokenMs: 5000 });
  let text = '';
  const request = { messages: [{ role: 'user', content: 'Hello' }], signal: new AbortController().signal } as const;
  for await (const piece of llm.answer(request)) text += piece;
  return text;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const raw = (body: string, headers: OpenAiScript['headers'] = JSON_TYPE): OpenAiScript => ({
  status: 200,
  body,
  headers,
});
const lines = (...values: unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');
const events = (...values: unknown[]): string => values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join('');
const choice = (fields: object) => ({ choices: [{ index: 0, ...fields }] });
const delta = (content: unknown) => choice({ delta: { content } });
const DONE = 'data: [DONE]\n\n';
const STOP = choice({ delta: {}, finish_reason: 'stop' });
const TWO = events(delta('One'), delta(' two.'));
const WHOLE = choice({ message: { role: 'assistant', content: 'One two.' }, finish_reason: 'stop' });
const part = (text: string, type = 'text') => ({ type, text });

describe('an answer is spoken that comes as', () => {
  it.each<[string, OpenAiScript]>([
    ['one JSON although a stream was asked', raw(JSON.stringify(WHOLE))],
    ['one JSON over many lines', raw(JSON.stringify(WHOLE, null, 2))],
    ['one JSON under text/event-stream', raw(JSON.stringify(WHOLE), { 'content-type': 'text/event-stream' })],
    ['one JSON without a type', { status: 200, body: WHOLE, untyped: true }],
    ['one JSON without a reason to end', raw(JSON.stringify(choice({ message: { content: 'One two.' } })))],
    ['one JSON of completions', raw(JSON.stringify(choice({ text: 'One two.', finish_reason: 'stop' })))],
    ['one JSON as an event', raw(events(WHOLE) + DONE)],
    ['one JSON with parts', raw(JSON.stringify(choice({ message: { content: [part('One'), part(' two.')] } })))],
    ['one JSON after blank lines that kept the connection open', raw(`\n\n\n${JSON.stringify(WHOLE)}`)],
    ['events under application/json', raw(TWO + DONE)],
    ['events under text/plain', raw(TWO + DONE, { 'content-type': 'text/plain' })],
    ['events without a type', { status: 200, body: TWO + DONE, untyped: true }],
    ['events after a byte order mark', raw(`\ufeff${TWO}${DONE}`)],
    ['events with CRLF', raw((TWO + DONE).replaceAll('\n', '\r\n'))],
    ['events without a space', raw((TWO + DONE).replaceAll('data: ', 'data:'))],
    ['events without [DONE]', raw(TWO + events(STOP))],
    ['events without a finish_reason', raw(TWO + DONE)],
    ['events whose end is a chunk of its own', raw(TWO + events(choice({ finish_reason: 'stop' })) + DONE)],
    [
      'events with usage and no choices',
      raw(events({ choices: [] }) + TWO + events(STOP, { choices: [], usage: {} }) + DONE),
    ],
    ['events with null', raw(events(delta(null), choice({ delta: null })) + TWO + events(delta(null)) + DONE)],
    [
      'events with an empty finish_reason',
      raw(events(choice({ delta: { content: 'One' }, finish_reason: '' }), delta(' two.')) + DONE),
    ],
    ['events with comments of a gateway', raw(`: OPENROUTER PROCESSING\n\ndata: : PROCESSING\n\n${TWO}${DONE}`)],
    ['events with a line too many after the end', raw(`${TWO}${DONE}data: not JSON\n\n`)],
    [
      'message instead of delta',
      raw(events(choice({ message: { content: 'One' } }), choice({ message: { content: ' two.' } })) + DONE),
    ],
    [
      'message that grows',
      raw(events(...['One', 'One two', 'One two.'].map((content) => choice({ message: { content } }))) + DONE),
    ],
    ['delta, and all of it in a message at the end', raw(TWO + events(WHOLE) + DONE)],
    [
      'message, and all of it once more at the end',
      raw(events(choice({ message: { content: 'One' } }), choice({ message: { content: ' two.' } }), WHOLE)),
    ],
    ['text instead of delta', raw(events(choice({ text: 'One' }), choice({ text: ' two.' })) + DONE)],
    [
      'lists of parts',
      raw(events(delta([part('One')]), delta([part(' two.', 'output_text'), { type: 'image_url' }])) + DONE),
    ],
    ['one part', raw(events(delta(part('One')), delta({ text: ' two.' })) + DONE)],
    ['parts that are texts', raw(events(delta(['One', ' two.'])) + DONE)],
    ['a refusal in a field of its own', raw(events(choice({ delta: { content: null, refusal: 'One two.' } })) + DONE)],
    [
      'parts with thoughts',
      raw(events(delta([{ type: 'thinking', thinking: [part('Hm')] }]), delta([part('One two.')])) + DONE),
    ],
    ['JSON lines', raw(lines(delta('One'), delta(' two.'), STOP), { 'content-type': 'application/x-ndjson' })],
    ['a list of JSON', raw(`[${lines(delta('One'), delta(' two.'), STOP).replaceAll('\n', ',\n')}]`)],
    [
      "Ollama's own chat",
      raw(
        lines(
          { message: { content: 'One' }, done: false },
          { message: { content: ' two.' }, done: false },
          { message: { content: '' }, done: true, done_reason: 'stop' },
        ),
      ),
    ],
    ["Ollama's own completions", raw(lines({ response: 'One', done: false }, { response: ' two.', done: true }))],
    [
      "Ollama's own chat at once",
      raw(JSON.stringify({ message: { role: 'assistant', content: 'One two.' }, done: true })),
    ],
    [
      'Ollama with thoughts',
      raw(
        lines(
          { message: { content: '', thinking: 'Hm' }, done: false },
          { message: { content: 'One two.' }, done: true },
        ),
      ),
    ],
  ])('%s', async (_, script) => expect(await answer(script)).toBe('One two.'));

  it.each<[string, OpenAiScript]>([
    ['pieces', raw(events(delta('One'), delta(' two.')))],
    ['pieces and what was used', raw(events(delta('One two.'), { choices: [], usage: {} }))],
    ['a completion at once', raw(JSON.stringify({ choices: [{ text: 'One two.' }] }))],
  ])('that ends with a sentence, whose server says nothing of an end: %s', async (_, script) =>
    expect(await answer(script)).toBe('One two.'),
  );

  it('pieces, as soon as each is there, also as JSON lines', async () => {
    server.always('chat', {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: lines(delta('One'), delta(' two,')),
    });
    const llm = createOpenAiLlm({ baseUrl: server.baseUrl, model: 'm', firstTokenMs: 5000, tokenMs: 5000 });
    const request = { messages: [{ role: 'user', content: 'Hi' }], signal: new AbortController().signal } as const;
    const pieces: string[] = [];
    await expect(async () => {
      for await (const piece of llm.answer(request)) pieces.push(piece);
    }).rejects.toThrow(/was cut off$/);
    expect(pieces).toEqual(['One', ' two,']);
  });
});

describe('no answer is', () => {
  it.each<[string, OpenAiScript, RegExp, string]>([
    ['a page', raw('<html>', { 'content-type': 'text/html' }), /sent 'text\/html' instead/, 'wrong_answer'],
    ['a page under another type', raw('<html>One two.', JSON_TYPE), /sent 'application\/json' instead/, 'wrong_answer'],
    ['plain text', raw('One two.', { 'content-type': 'text/plain' }), /sent 'text\/plain' instead/, 'wrong_answer'],
    ['nothing', raw('', { 'content-type': 'text/event-stream' }), /was cut off$/, 'cut_off'],
    ['an empty list', raw('[]'), /was cut off$/, 'cut_off'],
    ['half a JSON', raw(JSON.stringify(WHOLE).slice(0, 60)), /not JSON/, 'wrong_answer'],
    ['an error as JSON', raw(JSON.stringify({ error: { message: 'no' } })), /failed: no$/, 'failed'],
    ['an error as an event', raw('event: error\ndata: {"message":"no"}\n\n'), /failed: no$/, 'failed'],
    ['an error of a choice', raw(events(choice({ error: { message: 'no', code: 502 } }))), /failed: .*no/, 'failed'],
    ['JSON of something else', raw(JSON.stringify({ hello: 'One two.' })), /was cut off$/, 'cut_off'],
    [
      'an answer without a word',
      raw(JSON.stringify(choice({ message: { content: '' }, finish_reason: 'stop' }))),
      /empty answer/,
      'empty',
    ],
    ['a call of a tool', raw(events(choice({ delta: { tool_calls: [{ index: 0 }] } }), STOP)), /empty answer/, 'empty'],
    [
      'fields of other types',
      raw(events(choice({ delta: { content: 5 } }), { choices: 'x' }, [], 'x') + DONE),
      /empty answer|not JSON/,
      'empty',
    ],
    [
      'a JSON without end',
      raw(`{"choices":[{"message":{"content":"${'x'.repeat(1_100_000)}`),
      /longer than 1000000/,
      'wrong_answer',
    ],
  ])('%s', async (_, script, message, kind) => {
    await expect(answer(script)).rejects.toMatchObject({
      code: 'LLM_FAILED',
      message: expect.stringMatching(message),
      kind,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('longer than two hours, in one JSON either', async () => {
    const content = 'x'.repeat(300_000);
    expect((await answer(raw(JSON.stringify(choice({ message: { content } }))))).length).toBe(100_000);
  });
});

/** Numbers below a bound, the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

it('any bytes are an answer or a failure of the model, and nothing else', async () => {
  const good = [
    TWO + DONE,
    JSON.stringify(WHOLE),
    lines(delta('One'), STOP),
    events(choice({ delta: { content: [part('x')] } })),
  ];
  const name = { failure: 'LLM_FAILED', subject: 'the language model', apiKey: undefined } as const;
  const ignore = (): void => undefined;
  for (let seed = 1; seed <= 2000; seed++) {
    const random = randomNumbers(seed);
    const bytes = Buffer.from(good[seed % good.length] ?? '');
    for (let flips = random(6); flips >= 0; flips--) bytes[random(bytes.length)] = random(256);
    const cut = bytes.subarray(0, random(2) === 0 ? bytes.length : random(bytes.length));
    const filter = new AnswerFilter({ memory: new ThoughtMemory(), model: 'm' });
    const heard = { onBytes: ignore, onThought: ignore, onFinished: ignore };
    const pieces = answerPieces(new Response(cut), { name, filter, ...heard });
    try {
      for await (const piece of pieces) expect(typeof piece).toBe('string');
    } catch (error) {
      expect(error instanceof StreamError || error instanceof ProviderRefusal).toBe(true);
    }
  }
});
