import { type Patience, whenThereIsRoom } from './exhaustion.ts';
import { OwnedProcess, type ProcessOptions } from './owned-process.ts';

/**
 * Starts a process, and waits for descriptors, processes and memory where there are none.
 *
 * @throws {StreamError} As `OwnedProcess.done`: it could not be started; `signal.reason` when aborted while it waits.
 */
export async function startProcess(options: ProcessOptions, patience: Patience): Promise<OwnedProcess> {
  return await whenThereIsRoom(async () => {
    const child = new OwnedProcess(options);
    await child.started;
    return child;
  }, patience);
}
