import { ProviderRefusal } from './provider-refusal.ts';

/** Far more than a list of models, or a reason that is shown, has. */
const MAX_BYTES = 1024 * 1024;
/** Of a refusal: more than any reason has. */
const MAX_REASON_BYTES = 64 * 1024;
/** A refusal whose body does not come is one without a reason. */
const REASON_LIMIT_MS = 3000;

/**
 * `fetch` for openai's client, which takes refusals and lists into memory however long they are: they end here after 1 MiB, and with
 * them the connection. What streams is left to whoever reads it.
 */
export async function boundedFetch(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const isList = request[1]?.method?.toUpperCase() === 'GET';
  if (response.body === null || (response.ok && !isList)) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(upTo(MAX_BYTES)), { status, statusText, headers });
}

/**
 * The same, and every answer that is none is thrown.
 *
 * @throws {ProviderRefusal} openai's client wraps it: `refusalIn` finds it again.
 */
export async function fetchOrRefusal(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await boundedFetch(...request);
  if (response.ok && response.status !== 202) return response;
  const { status, statusText, headers } = response;
  throw new ProviderRefusal({ status, headers, body: (await reasonOf(response)) || statusText });
}

/** The beginning of a refusal's body, as far as it comes soon; the connection is closed where there is more. */
async function reasonOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const limit = setTimeout(() => reader.cancel().catch(() => undefined), REASON_LIMIT_MS);
  let text = '';
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      text += decoder.decode(value, { stream: true });
      if (text.length >= MAX_REASON_BYTES) break;
    }
    return text;
  } catch {
    // The status alone says that it failed; what came of the reason is told.
    return text;
  } finally {
    clearTimeout(limit);
    reader.cancel().catch(() => undefined);
  }
}

/** Passes on so many bytes, then ends and cancels what it reads from. */
function upTo(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let leftBytes = maxBytes;
  return new TransformStream({
    transform(bytes, controller) {
      controller.enqueue(bytes.subarray(0, leftBytes));
      leftBytes -= bytes.length;
      if (leftBytes <= 0) controller.terminate();
    },
  });
}
