import type { LinkProfile } from './profiles.ts';
import { Relay } from './relay.ts';

/** What the parent sends first, and later. */
export type RelayOrder =
  | { readonly type: 'start'; readonly profile: LinkProfile; readonly seed: number; readonly targetPort: number }
  | { readonly type: 'report' };

let relay: Relay | undefined;

process.on('message', (order: RelayOrder) => {
  if (order.type === 'start') {
    relay = new Relay(order.profile, order.seed, order.targetPort);
    void relay.listen().then((port) => process.send?.({ type: 'listening', port }));
  } else {
    process.send?.({ type: 'report', report: relay?.report() });
  }
});
// The parent is gone, or is done with it.
process.on('disconnect', () => process.exit(0));
