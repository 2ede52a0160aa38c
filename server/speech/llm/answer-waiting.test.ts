import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StreamError } from '../../errors.ts';
import type { Waiting } from '../providers.ts';
import { type OpenAiScript, type OpenAiServer, startOpenAiServer } from '../testing/openai-server.ts';
import { createOpenAiLlm, type OpenAiLlmOptions } from './openai-llm.ts';

let server: OpenAiServer;
let told: Waiting[];
beforeEach(async () => {
  server = await startOpenAiServer();
  told = [];
});
afterEach(() => server.close());

const LIMITS = { firstTokenMs: 5000, tokenMs: 5000, thinkingMs: 5000, loadingMs: 5000 };

async function answer(options: Partial<OpenAiLlmOptions> = {}, signal = new AbortController().signal): Promise<string> {
  const llm = createOpenAiLlm({ baseUrl: server.baseUrl, model: 'm', ...LIMITS, ...options });
  const onWaiting = (waiting: Waiting): void => void told.push(waiting);
  let text = '';
  for await (const piece of llm.answer({ messages: [{ role: 'user', content: 'Hi' }], signal, onWaiting }))
    text += piece;
  return text;
}

const failing = (answered: Promise<unknown>): Promise<StreamError> =>
  answered.then(
    (value) => expect.fail(`it answered ${JSON.stringify(value)}`),
    (error: StreamError) => error,
  );
const refusal = (status: number, body: unknown, retryAfter?: string): OpenAiScript => ({
  ...{ status, body },
  ...(retryAfter !== undefined && { headers: { 'retry-after': retryAfter } }),
});
const LOADING = { error: { message: 'Loading model', type: 'unavailable_error', code: 503 } };
const SOON = { ...LOADING, error: { ...LOADING.error, retry_after: 0.01 } };
const asked = (): number => server.requestsTo('chat').length;

describe('a model that loads', () => {
  it('is waited for where the first byte comes late, on the one connection', async () => {
    server.always('chat', { headersMs: 700, text: 'One two.' });
    expect(await answer({ firstTokenMs: 5000, tokenMs: 100 })).toBe('One two.');
    expect(asked()).toBe(1);
  });

  it.each<[string, OpenAiScript, Waiting['kind']]>([
    ['llama.cpp', refusal(503, SOON), 'loading'],
    ['Hugging Face', refusal(503, { error: 'Model x is currently loading', estimated_time: 0.01 }), 'loading'],
    ['503 with Retry-After', refusal(503, 'Service Unavailable', '0'), 'busy'],
    ['429 with Retry-After', refusal(429, { error: { message: 'Rate limit' } }, '0'), 'busy'],
    ['429 with the time in words', refusal(429, { error: { message: 'Please try again in 10ms.' } }), 'busy'],
    ['a gateway with Retry-After', refusal(502, '<html>', '0'), 'busy'],
    [
      '500 of a model that loads',
      refusal(500, { error: { message: 'llm server loading model', retry_after: 0.01 } }),
      'loading',
    ],
    ['an error within an event stream', { pieces: [], rawData: [JSON.stringify(SOON)] }, 'loading'],
    ['an error as one JSON', { status: 200, body: SOON }, 'loading'],
    ['202', refusal(202, 'queued', '0'), 'busy'],
  ])('is asked again when it says so: %s', async (_, script, kind) => {
    server.next('chat', script, { text: 'One two.' });
    expect(await answer()).toBe('One two.');
    expect(asked()).toBe(2);
    expect(told).toEqual([{ kind, againMs: 250 }]);
  });

  it('is waited for while its server lists no models yet', async () => {
    const { baseUrl } = server;
    server.next('models', refusal(503, SOON), { models: ['llama'] });
    const llm = createOpenAiLlm({ baseUrl, ...LIMITS });
    const request = { messages: [{ role: 'user', content: 'Hi' }], signal: new AbortController().signal } as const;
    let text = '';
    for await (const piece of llm.answer(request)) text += piece;
    expect(text).toMatch(/^You said/);
    expect(server.requestsTo('models')).toHaveLength(2);
  });

  it('does not count as silent meanwhile', async () => {
    server.next('chat', refusal(503, SOON), refusal(503, SOON), { text: 'One two.' });
    expect(await answer({ firstTokenMs: 200 })).toBe('One two.');
  });

  it('is given up after its limit', async () => {
    server.always('chat', refusal(503, SOON));
    const error = await failing(answer({ loadingMs: 600 }));
    expect(error).toMatchObject({ code: 'LLM_FAILED', kind: 'loading' });
    expect(error.message).toMatch(/refused: 503 Loading model; it is waited for at most 600 ms$/);
    expect(asked()).toBe(3);
  });

  it('is given up at once when it wants to be asked later than anybody waits', async () => {
    server.always('chat', refusal(429, { error: { message: 'Rate limit' } }, '3600'));
    expect(await failing(answer())).toMatchObject({ kind: 'unavailable' });
    expect(asked()).toBe(1);
    expect(told).toEqual([]);
  });

  it.each<[string, OpenAiScript, string]>([
    ['a quota', refusal(429, { error: { message: 'x', code: 'insufficient_quota' } }, '0'), 'quota'],
    ['429 without a time', refusal(429, { error: { message: 'Too many requests' } }), 'busy'],
    ['503 without a time', refusal(503, ''), 'busy'],
    ['a load that failed', refusal(500, { error: 'failed to load model' }, undefined), 'failed'],
  ])('is not waited for: %s', async (_, script, kind) => {
    server.always('chat', script);
    expect(await failing(answer())).toMatchObject({ kind });
    expect(asked()).toBe(1);
  });

  it('is left at once when aborted', async () => {
    server.always('chat', refusal(503, LOADING, '4'));
    const leaving = new AbortController();
    const error = failing(answer({}, leaving.signal));
    await (await server.received('chat')).over;
    await expect.poll(() => told).toHaveLength(1);
    leaving.abort();
    expect(await error).toMatchObject({ code: 'ABORTED' });
    expect(asked()).toBe(1);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(3);
  });

  it('is not asked again after its first word', async () => {
    server.always('chat', { text: 'One', rawData: [JSON.stringify(SOON)], finishReason: null, noDone: true });
    expect(await failing(answer())).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/failed: Loading/),
    });
    expect(asked()).toBe(1);
  });

  it('whose refusal never ends is told by its status', async () => {
    server.next(
      'chat',
      { status: 503, body: 'x'.repeat(40_000_000), headers: { 'retry-after': '0' } },
      { text: 'One two.' },
    );
    expect(await answer()).toBe('One two.');
    await server.requests[0]?.over;
    expect(server.requests[0]?.closedByClientAtMs).toBeDefined();
  });
});

describe('a server that is being restarted', () => {
  it('is asked again, when it has answered before', async () => {
    const llm = createOpenAiLlm({ baseUrl: server.baseUrl, model: 'm', ...LIMITS });
    const ask = async (): Promise<string> => {
      let text = '';
      const { signal } = new AbortController();
      const request = { messages: [{ role: 'user', content: 'Hi' }], signal, onWaiting: told.push.bind(told) } as const;
      for await (const piece of llm.answer(request)) text += piece;
      return text;
    };
    server.always('chat', { text: 'One two.' });
    expect(await ask()).toBe('One two.');
    const port = Number(new URL(server.baseUrl).port);
    await server.close();
    const again = ask();
    await expect.poll(() => told).toEqual([{ kind: 'unreachable', againMs: 1000 }]);
    server = await startOpenAiServer({ port, always: { chat: { text: 'Three.' } } });
    expect(await again).toBe('Three.');
  });

  it('is not waited for when it was never there', async () => {
    expect(await failing(answer({ baseUrl: 'http://127.0.0.1:9/v1' }))).toMatchObject({ kind: 'unreachable' });
    expect(told).toEqual([]);
  });
});

describe('a model that thinks', () => {
  const thoughts = Array.from({ length: 12 }, (_, index) => `thought ${index} `);
  it.each<[string, OpenAiScript]>([
    ['reasoning_content', { reasoning: thoughts }],
    ['reasoning', { reasoning: thoughts, reasoningField: 'reasoning' }],
    ['thinking', { reasoning: thoughts, reasoningField: 'thinking' }],
    ['any field', { reasoning: thoughts, reasoningField: 'inner_monologue' }],
    ['a block of tags', { pieces: ['<think>', ...thoughts, '</think>', 'One', ' two.'], pieceMs: 40 }],
    ['comments of a gateway', { keepAlives: 12 }],
  ])('may do so for longer than it may be silent: %s', async (_, script) => {
    server.always('chat', { text: 'One two.', ...script, reasoningMs: 40 });
    expect(await answer({ firstTokenMs: 300 })).toBe('One two.');
    expect(asked()).toBe(1);
  });

  it('is told once, and not at all where it only answers', async () => {
    server.next('chat', { reasoning: thoughts, text: 'One two.' }, { text: 'One two.' });
    await answer();
    expect(told).toEqual([{ kind: 'thinking' }]);
    await answer();
    expect(told).toHaveLength(1);
  });

  it.each<[string, OpenAiScript]>([
    ['thoughts', { reasoning: Array.from({ length: 500 }, () => 'Hm.') }],
    ['tags', { pieces: ['<think>', ...Array.from({ length: 500 }, () => 'Hm.')], pieceMs: 20 }],
    ['comments', { keepAlives: 500 }],
    ['nothing but roles', { reasoning: Array.from({ length: 500 }, () => ''), reasoningField: 'role' }],
  ])('is cut off after its own limit: %s', async (_, script) => {
    server.always('chat', { ...script, reasoningMs: 20 });
    const error = await failing(answer({ thinkingMs: 300 }));
    expect(error).toMatchObject({
      code: 'LLM_FAILED',
      kind: 'thinking',
      message: expect.stringMatching(/no word in 300 ms/),
    });
    await server.requests[0]?.over;
    expect(server.requests[0]?.closedByClientAtMs).toBeDefined();
  });

  it('may think again between two words', async () => {
    const thought = (text: string) => JSON.stringify({ choices: [{ delta: { reasoning_content: text } }] });
    const word = (text: string) => JSON.stringify({ choices: [{ delta: { content: text } }] });
    server.always('chat', { pieces: [], rawData: [word('One'), ...thoughts.map(thought), word(' two.')] });
    expect(await answer()).toBe('One two.');
  });

  it('and falls silent is one that is silent', async () => {
    server.always('chat', { reasoning: ['Hm'], hangAfterPieces: 0, text: 'One' });
    expect(await failing(answer({ firstTokenMs: 150 }))).toMatchObject({ kind: 'timeout' });
  });
});

describe('a list of models', () => {
  const CAN_NOT = refusal(400, { error: { message: '"x" does not support chat' } });
  const used = (): string[] => server.requestsTo('chat').map(({ body }) => (body as { model: string }).model);
  const ask = async (llm: ReturnType<typeof createOpenAiLlm>): Promise<string> => {
    let text = '';
    const request = { messages: [{ role: 'user', content: 'Hi' }], signal: new AbortController().signal } as const;
    for await (const piece of llm.answer(request)) text += piece;
    return text;
  };
  const llm = () => createOpenAiLlm({ baseUrl: server.baseUrl, ...LIMITS });
  const answersOnly = (model: string, otherwise: OpenAiScript) =>
    server.always('chat', ({ body }) => ((body as { model: string }).model === model ? { text: 'Yes.' } : otherwise));

  it('is gone through until one can chat, which is asked from then on', async () => {
    server.always('models', { models: ['minds', 'spirits', 'llama', 'qwen'] });
    answersOnly('llama', CAN_NOT);
    const model = llm();
    expect([await ask(model), await ask(model)]).toEqual(['Yes.', 'Yes.']);
    expect(used()).toEqual(['minds', 'spirits', 'llama', 'llama']);
    expect(server.requestsTo('models')).toHaveLength(1);
  });

  it.each<[string, OpenAiScript]>([
    ['404 of vLLM', refusal(404, { error: { message: 'The model does not exist.' } })],
    ['404 of OpenAI', refusal(404, { error: { message: 'This is not a chat model' } })],
    ['501 of llama.cpp', refusal(501, { error: { message: 'This server does not support completions.' } })],
    ['500 of LocalAI', refusal(500, { error: { message: 'rpc error: code = Unimplemented' } })],
    ['within a stream', { pieces: [], rawData: ['{"error":{"message":"\\"x\\" does not support chat"}}'] }],
  ])('is gone through after %s', async (_, otherwise) => {
    server.always('models', { models: ['minds', 'llama'] });
    answersOnly('llama', otherwise);
    expect(await ask(llm())).toBe('Yes.');
    expect(used()).toEqual(['minds', 'llama']);
  });

  it.each<[string, OpenAiScript]>([
    ['a fault of the server', refusal(500, { error: { message: 'Sorry' } })],
    ['a key that is wrong', refusal(401, { error: { message: 'No' } })],
    ['a question that is too long', refusal(400, { error: { message: 'context length exceeded' } })],
    ['no tools', refusal(400, { error: { message: 'x does not support tools' } })],
  ])('is not gone through after %s', async (_, otherwise) => {
    server.always('models', { models: ['minds', 'llama'] });
    answersOnly('llama', otherwise);
    await failing(ask(llm()));
    expect(used()).toEqual(['minds']);
  });

  it('of models that all can not chat is asked for again, but not they', async () => {
    server.always('models', { models: ['bge-m3', 'minds'] });
    server.always('chat', CAN_NOT);
    const model = llm();
    expect((await failing(ask(model))).message).toMatch(/does not support chat/);
    expect(used()).toEqual(['minds', 'bge-m3']);
    expect(await failing(ask(model))).toMatchObject({
      kind: 'not_found',
      message: expect.stringMatching(/none that can chat \(minds, bge-m3\): set LLM_MODEL/),
    });
    expect(used()).toHaveLength(2);
    server.always('models', { models: ['bge-m3', 'llama'] });
    answersOnly('llama', CAN_NOT);
    expect(await ask(model)).toBe('Yes.');
  });

  it('without end is not gone through to its end', async () => {
    server.always('models', { models: Array.from({ length: 500 }, (_, index) => `mind-${index}`) });
    server.always('chat', CAN_NOT);
    await failing(ask(llm()));
    expect(used()).toHaveLength(8);
  });

  it('is told what each is for', async () => {
    server.always('models', {
      models: [
        { id: 'minds', type: 'embedding' },
        { id: 'bge-chat', type: 'llm' },
      ],
    });
    expect(await ask(llm())).toMatch(/^You said/);
    expect(used()).toEqual(['bge-chat']);
  });

  it('is not asked for when a model is configured, which is asked alone', async () => {
    server.always('chat', CAN_NOT);
    await failing(ask(createOpenAiLlm({ baseUrl: server.baseUrl, model: 'bge-m3', ...LIMITS })));
    expect(used()).toEqual(['bge-m3']);
    expect(server.requestsTo('models')).toEqual([]);
  });
});
