import type { Stats } from '../../../../server/monitor/stats.ts';
import { find, setText } from '../dom.ts';
import { count, number, percent, seconds, times, UNKNOWN } from './format.ts';

type Tile = { readonly value: string; readonly more: string };

/** The figures on top, by the `data-id` they have in the page. */
export function tilesOf({ sessions, viewers, recent, encoder }: Stats): Readonly<Record<string, Tile>> {
  const open = sessions.open + sessions.ending;
  const watched = recent.watchSeconds > 0 ? `${seconds(recent.watchSeconds)} watched` : 'nobody watched';
  return {
    sessions: { value: number(sessions.talking), more: `${open} open, ${Math.max(0, open - sessions.talking)} idle` },
    viewers: { value: number(viewers.watching), more: stateOf(viewers) },
    stalls: {
      value: number(recent.stallsPerHour),
      more: recent.watchSeconds > 0 ? `${count(recent.stalls, 'stall')}, ${watched}` : 'nobody watched',
    },
    rebuffering: {
      value: percent(recent.rebufferRatio),
      more: recent.rebufferRatio === undefined ? 'not measured' : `${seconds(recent.rebufferSeconds)} in 15 min`,
    },
    latency: {
      value: seconds(viewers.latency?.p50),
      more: viewers.latency ? `95 % within ${seconds(viewers.latency.p95)}` : 'no player tells it',
    },
    encoder: {
      value: `${encoder.active} of ${encoder.limit}`,
      more: [
        encoder.waiting > 0 ? `${encoder.waiting} waiting` : '',
        encoder.speed === undefined ? '' : `${times(encoder.speed)} real time`,
        encoder.name,
      ]
        .filter(Boolean)
        .join(', '),
    },
  };
}

function stateOf({ watching, states, startup }: Stats['viewers']): string {
  if (watching === 0) return 'nobody watches';
  const { rebuffering = 0, paused = 0 } = states;
  if (rebuffering > 0) return `${rebuffering} rebuffering`;
  if (startup) return `started in ${seconds(startup.p50)}`;
  return paused > 0 ? `${paused} paused` : 'watching now';
}

export class Tiles {
  show(stats: Stats): void {
    for (const [id, { value, more }] of Object.entries(tilesOf(stats))) {
      const element = find(id, HTMLElement);
      setText(element, value);
      element.toggleAttribute('data-unknown', value === UNKNOWN);
      setText(find(`${id}-more`, HTMLElement), more);
    }
  }
}
