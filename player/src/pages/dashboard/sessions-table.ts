import type { SessionRow } from '../../../../server/monitor/session-rows.ts';
import { find, setText } from '../dom.ts';
import { number, percent, seconds, UNKNOWN } from './format.ts';

const HINTS = {
  some: 'Those in trouble first, then those with the most viewers.',
  none: 'Sessions appear here while somebody watches them, or they talk.',
};
/** Of an id that has no title beside it. */
const SHOWN_ID_LENGTH = 12;

/** The sessions worth a look, each with a link to its stream. Rows stay in place as long as they can, so that a link can be clicked. */
export class SessionsTable {
  readonly #body = find('rows', HTMLTableSectionElement);
  readonly #frame = find('table-frame', HTMLElement);
  readonly #hint = find('sessions-hint', HTMLElement);

  show(rows: readonly SessionRow[]): void {
    setText(this.#hint, rows.length > 0 ? HINTS.some : HINTS.none);
    this.#frame.hidden = rows.length === 0;
    const known = new Map([...this.#body.rows].map((row) => [row.dataset.session, row]));
    const wanted = rows.map((session) => fill(known.get(session.id) ?? newRow(session), session));
    const isSame =
      wanted.length === this.#body.rows.length && wanted.every((row, index) => this.#body.rows[index] === row);
    // Moving a row takes the focus from what is in it.
    if (!isSame) this.#body.replaceChildren(...wanted);
  }
}

function newRow({ id }: SessionRow): HTMLTableRowElement {
  const row = document.createElement('tr');
  row.dataset.session = id;
  const name = document.createElement('th');
  name.scope = 'row';
  const link = document.createElement('a');
  link.className = 'session-link';
  link.href = `/embed/${encodeURIComponent(id)}`;
  name.append(link);
  row.append(name);
  for (let cell = 0; cell < 6; cell++) row.insertCell().className = cell === 0 ? '' : 'number';
  return row;
}

function fill(row: HTMLTableRowElement, session: SessionRow): HTMLTableRowElement {
  const { id, title, viewers, stalls, stallsPerHour, rebufferRatio, latency } = session;
  const link = row.cells[0]?.firstElementChild;
  if (link) setText(link, title ?? (id.length > SHOWN_ID_LENGTH + 4 ? `${id.slice(0, SHOWN_ID_LENGTH)}…` : id));
  if (link instanceof HTMLElement) link.title = id;
  const texts = [
    stateOf(session),
    number(viewers),
    number(stalls),
    number(stallsPerHour),
    percent(rebufferRatio),
    seconds(latency),
  ];
  for (const [index, text] of texts.entries()) {
    const cell = row.cells[index + 1];
    if (!cell) continue;
    setText(cell, text);
    cell.toggleAttribute('data-unknown', text === UNKNOWN);
  }
  row.toggleAttribute('data-troubled', session.isTroubled);
  return row;
}

function stateOf({ state, isTalking, isTroubled }: SessionRow): string {
  const doing = state === 'ended' ? 'ended' : isTalking ? 'talking' : state === 'ending' ? 'ending' : 'idle';
  return isTroubled ? `${doing}, trouble` : doing;
}
