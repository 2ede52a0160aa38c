import type { Disk } from '../../lib/disk.ts';
import type { RedoLog } from './redo-log.ts';
import type { ServerState } from './server-state.ts';
import type { StorageHealth } from './storage-health.ts';

/** What the journals of a server share. */
export type Storage = {
  readonly disk: Disk;
  readonly health: StorageHealth;
  readonly state: ServerState;
  /** Takes what a late disk does not; `undefined`: no memory outlives this process. */
  readonly redo: RedoLog | undefined;
};
