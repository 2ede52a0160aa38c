import type { SessionEvent } from '../../server/session/types.ts';
import { turnOf } from './event-reader.ts';
import type { PlannedTurn } from './random-talk.ts';
import type { Published } from './talker.ts';

type ChunkEvent = SessionEvent & {
  readonly chunk: { readonly id: string; readonly index: number; readonly turn: string };
};
type Interrupted = SessionEvent & {
  readonly turns: readonly string[];
  readonly cutAt: number;
  readonly chunk?: { readonly id: string };
};

/** Media times are frames divided by the frame rate. */
const ROUNDING = 1e-6;
const SPOKEN_OF = 'chunk.published';

/** What is wrong with the events of a session whose turns are all over; nothing when no chunk was lost, doubled or out of order. */
export function checkEvents(events: readonly SessionEvent[], turns: readonly PlannedTurn[], apology: string): string[] {
  const ofType = <T extends SessionEvent>(type: SessionEvent['type']) =>
    events.filter((event) => event.type === type) as T[];
  const interruptions = ofType<Interrupted>('interrupted');
  return [
    ...turns.flatMap((turn) => checkTurn(events, turn, interruptions, apology)),
    ...checkFates(events),
    ...checkOrder(
      ofType<Published>(SPOKEN_OF),
      ofType('turn.started').map(({ turn }) => turn as string),
      interruptions,
    ),
  ];
}

/** One turn: begun and completed once, its sentences those of its answer, all of them unless it was interrupted. */
function checkTurn(
  events: readonly SessionEvent[],
  { name, sentences }: PlannedTurn,
  interruptions: readonly Interrupted[],
  apology: string,
): string[] {
  const own = events.filter((event) => turnOf(event) === name && event.type !== 'interrupted');
  const wrong: string[] = [];
  const types = own.map(({ type }) => type);
  if (types[0] !== 'turn.started' || types.filter((type) => type === 'turn.started').length !== 1)
    wrong.push(`${name} begins with ${types[0]}`);
  if (types.at(-1) !== 'turn.completed' || types.filter((type) => type === 'turn.completed').length !== 1)
    wrong.push(`${name} ends with ${types.at(-1)}`);
  const interrupted = interruptions.some(({ turns }) => turns.includes(name));
  const outcome = interrupted ? 'interrupted' : 'completed';
  if (own.at(-1)?.outcome !== outcome) wrong.push(`${name} was ${outcome}, and told to be ${own.at(-1)?.outcome}`);
  const said = own.filter(({ type }) => type === 'sentence').map(({ text }) => text as string);
  const expected = said[0] === apology ? [apology] : sentences;
  if (said.some((text, index) => text !== expected[index])) wrong.push(`${name} says ${JSON.stringify(said)}`);
  // What broke off, and what was put in its place, is told.
  const ways = own.filter(({ type }) => type === 'degraded').map(({ stage, to }) => `${stage} ${to}`);
  const due = ways.includes('llm apology') ? [apology] : sentences;
  const whole = said.length === due.length || (ways.includes('llm partial') && said.length > 0);
  if (!interrupted && !whole) wrong.push(`${name} says only ${JSON.stringify(said)} after ${ways.join(', ')}`);
  if (said[0] === apology && !ways.some((way) => way === 'llm apology')) wrong.push(`${name} apologises for nothing`);
  return wrong;
}

/** Every accepted chunk is either published or dropped, once, or failed. */
function checkFates(events: readonly SessionEvent[]): string[] {
  const fates = new Map<string, string[]>();
  for (const event of events.filter(({ type }) => type.startsWith('chunk.') && type !== 'chunk.encoding')) {
    const { id } = (event as ChunkEvent).chunk;
    fates.set(id, [...(fates.get(id) ?? []), event.type.slice('chunk.'.length)]);
  }
  const fine = ['accepted published', 'accepted dropped', 'accepted failed', 'accepted published failed'];
  return [...fates].flatMap(([id, all]) => (fine.includes(all.join(' ')) ? [] : [`chunk ${id}: ${all.join(' ')}`]));
}

/** Turns in the order they began, sentences in theirs, none before the one before it has ended. */
function checkOrder(
  published: readonly Published[],
  started: readonly string[],
  interruptions: readonly Interrupted[],
): string[] {
  const wrong: string[] = [];
  let before: Published | undefined;
  for (const now of published) {
    const { turn, index, id } = now.chunk;
    const ordinal = started.indexOf(turn);
    if (before) {
      const { chunk } = before;
      const later = ordinal > started.indexOf(chunk.turn) || (chunk.turn === turn && index > chunk.index);
      if (!later) wrong.push(`${turn} ${index} follows ${chunk.turn} ${chunk.index}`);
      const cut = interruptions.find((interruption) => interruption.chunk?.id === chunk.id);
      const ended = cut?.cutAt ?? before.start + before.duration;
      if (now.start < ended - ROUNDING) wrong.push(`${turn} ${index} starts at ${now.start}, before ${ended}`);
    }
    const over = interruptions.find(({ turns, seq }) => turns.includes(turn) && seq < now.seq);
    if (over) wrong.push(`${turn} ${index} (${id}) is published after its interruption`);
    before = now;
  }
  return wrong;
}

type Range = { readonly id: string; readonly startMs: number; readonly durationMs: number; readonly text: string };

function rangesIn(playlist: string): Range[] {
  return playlist
    .split('\n')
    .filter((line) => line.startsWith('#EXT-X-DATERANGE:'))
    .map((line) => {
      const attribute = (name: string) =>
        new RegExp(`[:,]${name}=(?:"([^"]*)"|([^,]*))`).exec(line)?.slice(1).join('') ?? '';
      return {
        id: attribute('ID'),
        startMs: Date.parse(attribute('START-DATE')),
        durationMs: Number(attribute('DURATION')) * 1000,
        text: decodeURIComponent(attribute('X-TEXT')),
      };
    });
}

/** What is wrong with the transcript in a media playlist, against what was told of its chunks. */
export function checkTranscript(playlist: string, events: readonly SessionEvent[]): string[] {
  const cuts = events.filter(({ type }) => type === 'interrupted') as Interrupted[];
  // Who was interrupted before the first part of a chunk was out has heard nothing of it.
  const unheard = (chunk: Published) =>
    cuts.some((cut) => cut.chunk?.id === chunk.chunk.id && cut.cutAt <= chunk.start);
  const published = (events.filter(({ type }) => type === SPOKEN_OF) as Published[]).filter((chunk) => !unheard(chunk));
  const ranges = rangesIn(playlist);
  const wrong: string[] = [];
  // What follows after filler had to come between has a range of its own, named with a point.
  const first = ranges.filter(({ id }) => !id.includes('.'));
  const ids = first.map(({ id }) => id).join(' ');
  const told = published.map(({ chunk }) => chunk.id).join(' ');
  if (ids !== told) wrong.push(`the playlist has chunks ${ids}; told were ${told}`);
  for (const [index, { startMs, durationMs, text }] of ranges.entries()) {
    const before = ranges[index - 1];
    if (before && before.startMs + before.durationMs > startMs + 1) wrong.push(`'${before.text}' overlaps '${text}'`);
    if (!(durationMs >= 0)) wrong.push(`'${text}' has no end`);
  }
  for (const [index, { startMs, text }] of first.entries()) {
    const event = published[index];
    if (event && (Date.parse(event.programDateTime as string) !== startMs || event.text !== text))
      wrong.push(
        `'${text}' starts at ${startMs} in the playlist, told was '${event.text}' at ${event.programDateTime}`,
      );
  }
  return wrong;
}
