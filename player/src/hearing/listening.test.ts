import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Listener } from './listening.ts';

/** A recogniser that hears what the test says. */
class FakeRecogniser extends EventTarget {
  static last: FakeRecogniser;
  lang = '';
  continuous = false;
  interimResults = false;
  start() {
    FakeRecogniser.last = this;
  }
  stop() {
    this.dispatchEvent(new Event('end'));
  }
  abort() {
    this.stop();
  }
  hear(...phrases: string[]) {
    const results = phrases.map((transcript) => Object.assign([{ transcript }], { isFinal: true }));
    this.dispatchEvent(Object.assign(new Event('result'), { results }));
  }
  fail(error: string) {
    this.dispatchEvent(Object.assign(new Event('error'), { error }));
    this.stop();
  }
}

function listen({ deaf = 'Set OPENAI_API_KEY.' as string | undefined } = {}) {
  const words: string[] = [];
  const failures: string[] = [];
  const listener = new Listener({ serverDeaf: () => deaf, language: () => 'en-GB' });
  const start = () =>
    listener.start(
      (text) => words.push(text),
      (error) => failures.push(error.message),
    );
  return { words, failures, start };
}

beforeEach(() => {
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { mediaDevices: {} });
  vi.stubGlobal('webkitSpeechRecognition', FakeRecogniser);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test("hears by the browser's own recogniser, in the language of the conversation", async () => {
  const { words, start } = listen();
  const listening = await start();
  FakeRecogniser.last.hear(' What time', 'is it ');
  expect(FakeRecogniser.last.lang).toBe('en-GB');
  expect(words).toEqual(['What time is it']);
  expect(await listening.finish()).toBe('What time is it');
});

test('tells silence from failure', async () => {
  const { start, failures } = listen();
  const listening = await start();
  FakeRecogniser.last.fail('no-speech');
  expect(await listening.finish()).toBeUndefined();
  expect(failures).toEqual([]);
});

test('says at once that the microphone is blocked', async () => {
  const { start, failures } = listen();
  const listening = await start();
  FakeRecogniser.last.fail('not-allowed');
  await expect(listening.finish()).rejects.toThrow('blocked');
  expect(failures).toEqual([expect.stringContaining('Allow it in the address bar')]);
});

test('says why nobody understands speech, and how to set it up', async () => {
  const { start, failures } = listen();
  await start();
  FakeRecogniser.last.fail('network');
  await expect.poll(() => failures).toHaveLength(1);
  expect(failures[0]).toBe(
    'This browser’s speech recognition does not answer, and the server has none either: Set OPENAI_API_KEY.',
  );
  await expect(start()).rejects.toThrow('does not answer');
  vi.stubGlobal('webkitSpeechRecognition', undefined);
  await expect(listen().start()).rejects.toThrow('This browser has no speech recognition');
});

test('needs a secure origin', async () => {
  vi.stubGlobal('isSecureContext', false);
  await expect(listen().start()).rejects.toThrow('https://');
});
