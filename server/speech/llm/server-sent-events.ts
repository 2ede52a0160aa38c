import { StreamError } from '../../errors.ts';

/** Longest line that is still an event of a chat; beyond it something else is being sent. */
const MAX_LINE_LENGTH = 256_000;

/**
 * The `data` of each event of an event stream (WHATWG HTML 9.2.6), however its bytes are cut. Leaving the loop cancels `body`, and so
 * closes the connection. What `body` fails with is thrown as it is.
 *
 * @throws {StreamError} `LLM_FAILED` on a line without end.
 */
export async function* eventData(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true });
    // A CR at the very end may be half of a CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH)
      throw new StreamError(
        'LLM_FAILED',
        `the language model sent a line that is longer than ${MAX_LINE_LENGTH} characters`,
      );
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
  // The standard drops an event without its blank line; servers that close right after their last line are common enough.
  if (rest.startsWith('data:')) data.push(rest.slice(5).trim());
  if (data.length > 0) yield data.join('\n');
}
