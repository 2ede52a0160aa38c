import type { Stats } from '../../../../server/monitor/stats.ts';
import { askForKeyBy } from '../../session/api-key.ts';
import { find, setText } from '../dom.ts';
import { keyDialog } from '../key-dialog.ts';
import { Chart } from './chart.ts';
import { CHARTS } from './charts.ts';
import { StatsFeed } from './feed.ts';
import { megabytes, number, seconds } from './format.ts';
import { SessionsTable } from './sessions-table.ts';
import { Tiles } from './tiles.ts';
import { judge, type Verdict } from './verdict.ts';

const board = find('board', HTMLElement);
const freshness = find('freshness', HTMLElement);
const charts = CHARTS.map((spec) => new Chart(spec));
const tiles = new Tiles();
const table = new SessionsTable();
let lastAt: string | undefined;

find('charts', HTMLElement).append(...charts.map(({ element }) => element));
askForKeyBy(keyDialog);
new StatsFeed({ onStats: show, onAway: away }).start();

function show(stats: Stats): void {
  lastAt = new Date(stats.at).toLocaleTimeString('en-GB');
  board.dataset.state = 'live';
  setText(freshness, `Live, as of ${lastAt}`);
  showVerdict(judge(stats));
  tiles.show(stats);
  for (const chart of charts) chart.show(stats.history.columns, Date.parse(stats.at));
  table.show(stats.busiest);
  showFoot(stats);
}

/** What is shown stays, and says how old it is. */
function away(reason: string): void {
  board.dataset.state = 'away';
  setText(freshness, lastAt === undefined ? 'No answer yet' : `Last figures of ${lastAt}`);
  showVerdict({ level: 'away', title: 'The server does not answer', reasons: [`Trying again by itself: ${reason}.`] });
}

function showVerdict({ level, title, reasons }: Omit<Verdict, 'level'> & { level: Verdict['level'] | 'away' }): void {
  find('verdict', HTMLElement).dataset.level = level;
  setText(find('verdict-title', HTMLElement), title);
  const list = find('reasons', HTMLElement);
  if ([...list.children].map(({ textContent }) => textContent).join('\n') === reasons.join('\n')) return;
  list.replaceChildren(
    ...reasons.map((reason) => {
      const item = document.createElement('li');
      item.textContent = reason;
      return item;
    }),
  );
}

function showFoot({ startedAt, at, process, http }: Stats): void {
  const upSeconds = (Date.parse(at) - Date.parse(startedAt)) / 1000;
  const cpu = process.cpu === undefined ? '' : `, ${number(process.cpu)} of a core`;
  const load = `${http.heldRequests} requests held, ${http.eventStreams} event streams open`;
  setText(find('foot', HTMLElement), `Up for ${seconds(upSeconds)}: ${megabytes(process.memoryBytes)}${cpu}, ${load}.`);
}
