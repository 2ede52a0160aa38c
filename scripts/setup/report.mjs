// What the set-up says: one line a step, `setup: installing packages (npm ci) ... 12 s`.

/** A reason to stop that the reader can act on; anything else is a fault of ours and keeps its stack. */
export class SetupError extends Error {}

const OUTPUT_TAIL_LINES = 20;
let startedMs = 0;

/** Begins a step. */
export function announce(step) {
  startedMs = Date.now();
  process.stdout.write(`setup: ${step} ... `);
}

/** Ends a step that may fail without harm. */
export function finishOptional(succeeded, otherwise) {
  process.stdout.write(succeeded ? `${Math.round((Date.now() - startedMs) / 1000)} s\n` : `${otherwise}\n`);
}

/**
 * Ends a step; the end of the command's output is shown only when it failed.
 * @param result - What `spawnSync` returned, with `encoding: 'utf8'`.
 * @throws {SetupError} When the command failed.
 */
export function finish(result, advice) {
  const succeeded = result.status === 0;
  finishOptional(succeeded, 'failed');
  if (succeeded) return;
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}`.trimEnd();
  process.stderr.write(`${output.split('\n').slice(-OUTPUT_TAIL_LINES).join('\n')}\n`);
  throw new SetupError(advice, { cause: result.error });
}
