import { expect, it } from 'vitest';
import { eventData } from './server-sent-events.ts';

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

it.each([
  ['a line', 'x'.repeat(10_000)],
  ['an event', 'data: {"a":1}\n'.repeat(1000)],
  ['an event', `data:${'x'.repeat(10_000)}\r\n`],
])('gives up on %s without end', async (what, text) => {
  const { body, sent } = endless(text);
  await expect(eventData(body).next()).rejects.toMatchObject({
    code: 'LLM_FAILED',
    message: `the language model sent ${what} that is longer than 256000 characters`,
  });
  expect(sent()).toBeLessThan(1_000_000);
});

it('reads as many events as come, each within the bound', async () => {
  const { body } = endless(`data: ${'x'.repeat(100_000)}\n\n`);
  let events = 0;
  for await (const data of eventData(body)) if (data.length === 100_000) events++;
  expect(events).toBe(639);
});
