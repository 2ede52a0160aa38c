/** Far more than a list of models, or a reason that is shown, has. */
const MAX_BYTES = 1024 * 1024;

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
