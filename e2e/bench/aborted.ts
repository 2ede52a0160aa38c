/** True for what a request that was called off throws: `AbortError`, from `fetch` and from `node:http` alike. */
export function isAborted(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
