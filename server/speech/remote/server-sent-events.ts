import { StreamError } from '../../errors.ts';

/** Longest line, and longest event, that is still one of a chat; beyond it something else is being sent. */
const MAX_LENGTH = 256_000;

/**
 * The `data` of each event of an event stream (WHATWG HTML 9.2.6), however its bytes are cut. Leaving the loop cancels `body`, and so
 * closes the connection. What `body` fails with is thrown as it is.
 *
 * @throws {StreamError} `LLM_FAILED` on a line or an event without end.
 */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  let length = 0;
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A CR at the very end may be half of a CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LENGTH) throw tooLong('a line');
    for (const line of lines) {
      if (line.startsWith('data:')) {
        data.push(line.slice(line[5] === ' ' ? 6 : 5));
        length += line.length;
        if (length > MAX_LENGTH) throw tooLong('an event');
      }
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
      length = 0;
    }
  }
  // The standard drops an event without its blank line; servers that close right after their last line are common enough.
  if (rest.startsWith('data:')) data.push(rest.slice(5).trim());
  if (data.length > 0) yield data.join('\n');
}

function tooLong(what: string): StreamError {
  return new StreamError('LLM_FAILED', `the language model sent ${what} that is longer than ${MAX_LENGTH} characters`);
}
