import { getEventListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamError } from '../../errors.ts';
import type { ChatMessage, Llm } from '../providers.ts';
import { type OpenAiScript, type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { createOpenAiLlm, type OpenAiLlmOptions } from './openai-llm.ts';

let server: OpenAiServer;
beforeEach(async () => {
  server = await startOpenAiServer();
});
afterEach(() => server.close());

const KEY = 'sk-very-secret-1234';
const HELLO: ChatMessage[] = [{ role: 'user', content: 'Hello' }];
const never = new AbortController().signal;

const llm = (options: Partial<OpenAiLlmOptions> = {}): Llm =>
  createOpenAiLlm({ baseUrl: server.baseUrl, model: 'm', firstTokenMs: 5000, tokenMs: 5000, ...options });

async function textOf(answer: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of answer) text += piece;
  return text;
}
const ask = (model = llm(), signal = never): Promise<string> => textOf(model.answer({ messages: HELLO, signal }));
const failure = (answer: Promise<unknown>): Promise<StreamError> =>
  answer.then(
    (value) => expect.fail(`it answered ${JSON.stringify(value)}`),
    (error: StreamError) => error,
  );
const openConnections = (): number => {
  server.closeIdleConnections();
  return server.connections;
};
const lastRequest = async () => {
  const request = server.requests.at(-1)!;
  await request.over;
  return request;
};

describe('an answer', () => {
  it('comes in the pieces the model writes', async () => {
    server.next('chat', { pieces: ['Hel', 'lo', ' there', '.'], pieceMs: 10 });
    const pieces: string[] = [];
    for await (const piece of llm().answer({ messages: HELLO, signal: never })) pieces.push(piece);
    expect(pieces).toEqual(['Hel', 'lo', ' there', '.']);
  });

  it('is what was sent, however its bytes are cut', async () => {
    const text = 'Größe: 5 €, 日本語 and 👋🏽.\nNew line: "data: [DONE]".';
    server.next('chat', { text, oddPieces: true });
    expect(await ask()).toBe(text);
  });

  it('asks with what was configured', async () => {
    await ask(llm({ apiKey: KEY, maxTokens: 50, temperature: 0.3 }));
    const { authorization, body } = server.requests[0]!;
    expect(authorization).toBe(`Bearer ${KEY}`);
    expect(body).toEqual({ model: 'm', messages: HELLO, stream: true, max_tokens: 50, temperature: 0.3 });
    await ask();
    expect(server.requests[1]!.authorization).toBe('Bearer none');
  });

  it('gives other servers nothing of what OpenAI needs', async () => {
    for (const name of ['API_KEY', 'ADMIN_KEY', 'ORG_ID', 'PROJECT_ID']) vi.stubEnv(`OPENAI_${name}`, 'sk-from-env');
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:1/v1');
    expect(await ask(createOpenAiLlm({ baseUrl: server.baseUrl, firstTokenMs: 5000, tokenMs: 5000 }))).not.toBe('');
    vi.unstubAllEnvs();
    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) expect(JSON.stringify(headers)).not.toContain('from-env');
  });

  it('puts a message without an answer to the next: some servers insist on turns', async () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
      { role: 'user', content: 'Are you there?' },
    ];
    await textOf(llm().answer({ messages, signal: never }));
    expect(server.requests[0]!.body).toMatchObject({
      messages: [{ role: 'system' }, { role: 'user', content: 'Hello\n\nAre you there?' }],
    });
  });

  it.each<[string, OpenAiScript, string]>([
    ['reasoning fields', { reasoning: ['Let me', ' think.'], text: 'Two.' }, 'Two.'],
    ['thoughts in tags', { pieces: ['<th', 'ink>Hm', 'm.</th', 'ink>\n\n', 'Two', '.'] }, 'Two.'],
    [
      'channels',
      {
        pieces: [
          '<|chan',
          'nel|>analysis',
          '<|message|>Hm.<|end|>',
          '<|start|>assistant<|channel|>fin',
          'al<|message|>Two.',
        ],
      },
      'Two.',
    ],
    ['the end of a turn', { pieces: ['Two.', '<|im_', 'end|>'] }, 'Two.'],
    [
      'thoughts of the user that only end',
      { pieces: ['Okay, the user', ' asks. I', ' add.</th', 'ink>\n', 'Two.'] },
      'Two.',
    ],
    ['white space before the first word', { pieces: ['\n\n', '  Two', '.'] }, 'Two.'],
  ])('leaves out %s', async (_, script, text) => {
    server.next('chat', script);
    expect(await ask()).toBe(text);
  });

  it('remembers of a model that its thoughts only end', async () => {
    const model = llm();
    const pieces = ['It is a sum.', ' Two.', '</think>', 'Two.'];
    server.always('chat', { pieces });
    expect(await ask(model)).toBe('It is a sum. Two.\nTwo.');
    expect(await ask(model)).toBe('Two.');
    expect(await ask(llm({ thoughts: 'open' }))).toBe('Two.');
    expect(await ask(llm({ thoughts: 'never' }))).toBe('It is a sum. Two.\nTwo.');
  });

  it.each<[string, OpenAiScript]>([
    ['its limit of tokens', { text: 'One two', finishReason: 'length' }],
    ['the content filter, after some text', { text: 'One two', finishReason: 'content_filter' }],
    ['[DONE] alone', { text: 'One two', finishReason: null }],
    ['a finish_reason alone', { text: 'One two', noDone: true }],
  ])('ends with %s', async (_, script) => {
    server.next('chat', script);
    expect(await ask()).toBe('One two');
  });

  it('ends after 100,000 characters, and lets go of the model', async () => {
    server.next('chat', { pieces: Array.from({ length: 300 }, () => 'x'.repeat(1000)), hangAfterPieces: 250 });
    expect((await ask()).length).toBe(100_000);
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
  });

  it('leaves the connection for the next', async () => {
    const model = llm();
    for (let count = 0; count < 5; count++) await ask(model);
    // The next may come a moment before the last is idle.
    expect(server.connections).toBeLessThan(3);
    await expect.poll(openConnections).toBe(0);
  });
});

describe('a failure', () => {
  it.each<[string, OpenAiScript, RegExp]>([
    ['429', { status: 429, body: { error: { message: 'Too many requests' } } }, /refused: 429 Too many requests/],
    ['500', { status: 500, body: { error: { message: 'Sorry' } } }, /refused: 500 Sorry/],
    ['an HTML page', { status: 502, body: '<h1>Bad\n gateway</h1>' }, /refused: 502 <h1>Bad gateway/],
    ['no body', { status: 503, body: '' }, /refused: 503/],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:1/' } }, /refused: 307/],
    ['an endless message', { status: 400, body: { error: { message: 'x'.repeat(9999) } } }, /^.{200,400}$/],
    [
      'a page instead of a stream',
      { status: 200, body: '<p>Hi', headers: { 'content-type': 'text/html' } },
      /'text\/html' instead/,
    ],
    [
      'an error within the stream',
      { pieces: [], rawData: ['{"error":{"message":"overloaded"}}'] },
      /failed: overloaded/,
    ],
    ['an error after some text', { text: 'One', rawData: ['{"error":"overloaded"}'] }, /failed: .*overloaded/],
    ['what is not JSON', { pieces: [], rawData: ['{{'] }, /not JSON: \{\{/],
    ['zero text', { pieces: [] }, /empty answer/],
    ['white space only', { pieces: [' ', '\n'] }, /empty answer/],
    ['thoughts only', { pieces: ['<think>Hm'] }, /empty answer/],
    ['a content filter before any text', { pieces: [], finishReason: 'content_filter' }, /content filter/],
    ['an end without a reason', { text: 'One two three', endAfterPieces: 2 }, /was cut off$/],
    ['an end before any text', { text: 'One', endAfterPieces: 0 }, /was cut off$/],
    ['a connection that is cut', { text: 'One two three', cutAfterPieces: 2 }, /was cut off: ./],
    ['a connection that is cut before any text', { text: 'One', cutAfterPieces: 0 }, /was cut off: ./],
  ])('is told: %s', async (_, script, message) => {
    server.next('chat', script);
    const error = await failure(ask());
    expect(error).toMatchObject({ name: 'StreamError', code: 'LLM_FAILED' });
    expect(error.message).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('comes after the text that was written before it', async () => {
    server.next('chat', { text: 'One two three', cutAfterPieces: 2 });
    let text = '';
    const reading = (async () => {
      for await (const piece of llm().answer({ messages: HELLO, signal: never })) text += piece;
    })();
    expect((await failure(reading)).message).toMatch(/cut off/);
    expect(text).toBe('One two');
  });

  it('names an address where nobody listens', async () => {
    const error = await failure(ask(llm({ baseUrl: 'http://127.0.0.1:1/v1' })));
    expect(error).toMatchObject({ code: 'LLM_FAILED', message: expect.stringMatching(/ECONNREFUSED|bad port/) });
  });

  it('never tells the key, nor a login in the URL', async () => {
    await using locked = await startOpenAiServer({ apiKey: 'other' });
    const login = locked.baseUrl.replace('//', '//me:pass@');
    for (const options of [{ baseUrl: locked.baseUrl }, { baseUrl: login }, { apiKey: `${KEY}\n\u0001` }]) {
      const error = await failure(ask(llm({ apiKey: KEY, ...options })));
      expect(error.code).toBe('LLM_FAILED');
      const told = JSON.stringify([error.message, error.stack, error.cause, { ...error }]);
      expect(told).not.toMatch(/very-secret|me:pass/);
    }
  });
});

describe('a deadline', () => {
  it.each<[string, OpenAiScript, RegExp, string]>([
    ['before the headers', { hangBeforeHeaders: true }, /nothing in 100 ms/, ''],
    ['before the first word', { hangAfterPieces: 0, text: 'One' }, /nothing in 100 ms/, ''],
    ['while it only thinks', { reasoning: ['Hm'], hangAfterPieces: 0, text: 'One' }, /nothing in 100 ms/, ''],
    ['in the middle', { text: 'One two', hangAfterPieces: 1 }, /nothing more in 60 ms/, 'One'],
  ])('closes a connection that hangs %s', async (_, script, message, expected) => {
    server.next('chat', script);
    let text = '';
    const reading = (async () => {
      const model = llm(expected === '' ? { firstTokenMs: 100 } : { tokenMs: 60 });
      for await (const piece of model.answer({ messages: HELLO, signal: never })) text += piece;
    })();
    expect((await failure(reading)).message).toMatch(message);
    expect(text).toBe(expected);
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
  });

  it('does not run while the reader is away', async () => {
    server.next('chat', { text: 'One two three', pieceMs: 20 });
    let text = '';
    for await (const piece of llm({ tokenMs: 1000 }).answer({ messages: HELLO, signal: never })) {
      if (text === '') await setTimeout(1500);
      text += piece;
    }
    expect(text).toBe('One two three');
  });

  it('holds a fast model back at a slow reader, and loses nothing', async () => {
    const pieces = Array.from({ length: 90 }, (_, index) => `${index}`.padEnd(1000, '.'));
    server.next('chat', { pieces });
    let text = '';
    for await (const piece of llm({ tokenMs: 1000 }).answer({ messages: HELLO, signal: never })) {
      text += piece;
      await setTimeout(2);
    }
    expect(text).toBe(pieces.join(''));
  });

  it.each([{ noDone: true }, { finishReason: null }, {}])(
    'does not wait for a response that never ends: %j',
    async (script) => {
      server.next('chat', { text: 'One two', hangAtEnd: true, ...script });
      expect(await ask()).toBe('One two');
      expect((await lastRequest()).closedByClientAtMs).toBeDefined();
    },
  );
});

describe('leaving', () => {
  it('by break closes the connection', async () => {
    server.next('chat', { text: 'One two three', hangAfterPieces: 2 });
    for await (const piece of llm().answer({ messages: HELLO, signal: never })) if (piece === ' two') break;
    // The server would have gone on for ever.
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
    await expect.poll(() => server.connections).toBe(0);
  });

  it('by return() closes it even while a piece is awaited', async () => {
    server.next('chat', { hangBeforeHeaders: true });
    const answer = llm().answer({ messages: HELLO, signal: never })[Symbol.asyncIterator]();
    const waiting = answer.next();
    await server.received('chat');
    expect(await answer.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await answer.next()).toEqual({ done: true, value: undefined });
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
  });

  it('before the first piece asks nobody', async () => {
    llm().answer({ messages: HELLO, signal: never });
    const error = await failure(ask(llm(), AbortSignal.abort()));
    expect(error.code).toBe('ABORTED');
    expect(server.requests).toHaveLength(0);
  });

  it.each<[string, OpenAiScript]>([
    ['before the headers', { hangBeforeHeaders: true }],
    ['before the first word', { text: 'One', hangAfterPieces: 0 }],
    ['in the middle', { text: 'One two', hangAfterPieces: 1 }],
  ])('by abort %s throws ABORTED', async (_, script) => {
    server.next('chat', script);
    const leaving = new AbortController();
    const error = failure(ask(llm(), leaving.signal));
    await server.received('chat');
    await setTimeout(50);
    leaving.abort();
    expect((await error).code).toBe('ABORTED');
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
  });

  it('by abort while the reader is away closes at once, and the next piece is ABORTED', async () => {
    server.next('chat', { text: 'One two', hangAfterPieces: 2 });
    const leaving = new AbortController();
    const answer = llm().answer({ messages: HELLO, signal: leaving.signal })[Symbol.asyncIterator]();
    expect((await answer.next()).value).toBe('One');
    leaving.abort();
    expect((await lastRequest()).closedByClientAtMs).toBeDefined();
    expect((await failure(answer.next())).code).toBe('ABORTED');
    expect((await answer.next()).done).toBe(true);
  });

  it('by abort after the end changes nothing', async () => {
    const leaving = new AbortController();
    expect(await ask(llm(), leaving.signal)).toMatch(/^You said/);
    leaving.abort();
    expect((await lastRequest()).closedByClientAtMs).toBeUndefined();
  });

  it('a hundred times leaves no socket, timer or listener', async () => {
    const model = llm();
    const leaving = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const timersBefore = timers();
    for (let count = 0; count < 100; count++) {
      server.next('chat', count % 2 ? { text: 'One two', hangAfterPieces: 1 } : { text: 'One two' });
      for await (const _ of model.answer({ messages: HELLO, signal: leaving.signal })) if (count % 2) break;
    }
    expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
    await expect.poll(openConnections).toBe(0);
    expect(server.inFlight).toBe(0);
    expect(timers()).toBeLessThan(timersBefore + 10);
  });
});

describe('without a model', () => {
  it('asks the server once, and takes the first that can chat', async () => {
    server.next('models', { models: ['text-embedding-3', 'llama', 'qwen'] });
    const model = createOpenAiLlm({ baseUrl: server.baseUrl, firstTokenMs: 5000, tokenMs: 5000 });
    await ask(model);
    await ask(model);
    expect(server.requestsTo('models')).toHaveLength(1);
    expect(server.requestsTo('chat').map(({ body }) => (body as { model: string }).model)).toEqual(['llama', 'llama']);
  });

  it('fails when the list does, and asks again next time', async () => {
    server.next(
      'models',
      { status: 500 },
      { models: [] },
      { status: 200, body: {} },
      { cutAfterPieces: 0, hangBeforeHeaders: true },
    );
    const model = createOpenAiLlm({ baseUrl: server.baseUrl, firstTokenMs: 1500, tokenMs: 5000 });
    expect((await failure(ask(model))).message).toMatch(/list of models can't be had: .*500/);
    expect((await failure(ask(model))).message).toMatch(/lists none/);
    expect((await failure(ask(model))).message).toMatch(/lists none/);
    expect((await failure(ask(model))).message).toMatch(/nothing in 1500 ms/);
    expect(await ask(model)).toMatch(/^You said/);
  });

  it('asks again when the model it took is gone', async () => {
    server.next('models', { models: ['old'] }, { models: ['new'] });
    const model = createOpenAiLlm({ baseUrl: server.baseUrl, firstTokenMs: 5000, tokenMs: 5000 });
    server.next('chat', { status: 404, body: { error: { message: "model 'old' not found" } } });
    expect((await failure(ask(model))).message).toMatch(/404 model 'old' not found/);
    await ask(model);
    expect(server.requests.at(-1)!.body).toMatchObject({ model: 'new' });
  });

  it.each(['chat', 'models'] as const)(
    'reads no more than a refusal or a list has of a long answer to %s, and closes the connection',
    async (endpoint) => {
      server.next(endpoint, { status: endpoint === 'chat' ? 500 : 200, body: 'x'.repeat(40_000_000) });
      const model = createOpenAiLlm({
        baseUrl: server.baseUrl,
        ...(endpoint === 'chat' && { model: 'm' }),
        ...{ firstTokenMs: 5000, tokenMs: 5000 },
      });
      const { code, message } = await failure(ask(model));
      expect(code).toBe('LLM_FAILED');
      expect(message.length).toBeLessThan(500);
      expect((await lastRequest()).closedByClientAtMs).toBeDefined();
    },
  );
});
