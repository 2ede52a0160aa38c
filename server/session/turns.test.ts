import { expect, test } from 'vitest';
import { Chunk } from './chunk.ts';
import { settle } from './fakes.ts';
import type { Turn } from './turn.ts';
import { Turns } from './turns.ts';

function rig() {
  const events: string[] = [];
  let left = 0;
  let accepted = 0;
  const turns: Turns = new Turns({
    append: (turn, { text }) => {
      const id = `c${accepted++}`;
      const origin = { kind: 'upload' as const, path: '' };
      const chunk = new Chunk({ id, index: 0, place: 0, turn: turn.id, text, origin, acceptedMs: 0 });
      turn.accepted(chunk);
      return chunk;
    },
    emit: (type, { turn, outcome }) => events.push([type, turn, outcome].filter(Boolean).join(' ')),
    left: () => {
      left += 1;
    },
    record: () => undefined,
  });
  const say = (turn: Turn, text: string): Chunk => {
    const origin = {
      kind: 'render' as const,
      spec: {},
      render: () => Promise.reject(new Error()),
      drop: () => undefined,
    };
    const { id } = turn.append({ text, origin });
    return new Chunk({ id, index: 0, place: 0, turn: turn.id, text, origin, acceptedMs: 0 });
  };
  return { turns, events, say, lefts: () => left };
}

test('a turn is complete when its makers have left and its sentences are played', () => {
  const { turns, events, say, lefts } = rig();
  const turn = turns.join('t', 5, {});
  expect(turn.startedMs).toBe(5);
  const [one, two] = [say(turn, 'One.'), say(turn, 'Two.')];
  turns.settle(one, 'said');
  expect(turns.join('t', 9, {})).toBe(turn);
  turn.leave();
  expect([turns.making, turns.any]).toEqual([true, true]);
  turn.leave();
  expect([turns.making, turns.any]).toEqual([false, true]);
  turns.settle(two, 'said');
  expect([events, turns.any, lefts()]).toEqual([['turn.started t', 'turn.completed t completed'], false, 2]);
  // The name may be used again.
  turns.join('t', 20, {}).leave();
  expect(events.slice(2)).toEqual(['turn.started t', 'turn.completed t completed']);
});

test('knows what was said: all, the start, or nothing of a sentence, and what is still to come', () => {
  const { turns, say } = rig();
  const turn = turns.join('t', 0, {});
  const [one, two, three, four] = ['One.', 'Two and more.', 'Three.', 'Four.'].map((text) => say(turn, text));
  expect(turn.said).toBe('One. Two and more. Three. Four.');
  if (!one || !two || !three || !four) throw new Error('four sentences');
  turns.settle(one, 'said');
  turns.settle(two, 'cut', 'Two and');
  turns.settle(two, 'said');
  turns.settle(three, 'lost');
  expect(turn.said).toBe('One. Two and Four.');
});

test('an interruption aborts what is made, bars the names, and completes when the makers have left', () => {
  const { turns, events, say } = rig();
  const turn = turns.join('t', 0, {});
  const chunk = say(turn, 'One.');
  expect(turns.interrupt(['pushed'])).toEqual(['t']);
  expect(turn.signal.aborted).toBe(true);
  turns.settle(chunk, 'cut', 'O');
  expect(events).toEqual(['turn.started t']);
  turn.leave();
  expect(events.at(-1)).toBe('turn.completed t interrupted');
  for (const name of ['t', 'pushed'])
    expect(() => turns.assertNotInterrupted(name)).toThrow(expect.objectContaining({ code: 'TURN_INTERRUPTED' }));
  turns.assertNotInterrupted('other');
  turns.assertNotInterrupted(undefined);
});

test('forgets the oldest of the names it bars', () => {
  const { turns } = rig();
  for (let index = 0; index < 300; index++) turns.interrupt([`t${index}`]);
  turns.assertNotInterrupted('t0');
  expect(() => turns.assertNotInterrupted('t299')).toThrow();
});

test('who waits for room goes on when a sentence was played, and not when interrupted', async () => {
  const { turns, say } = rig();
  const turn = turns.join('t', 0, {});
  const chunks = ['One.', 'Two.'].map((text) => say(turn, text));
  let rooms = 0;
  const waiting = [turn.room(2), turn.room(2)].map((room) => room.then(() => rooms++));
  await settle();
  expect(rooms).toBe(0);
  if (chunks[0]) turns.settle(chunks[0], 'said');
  await Promise.all(waiting);
  expect(rooms).toBe(2);
  const barred = turn.room(1);
  turns.interrupt([]);
  await expect(barred).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(turn.room(9)).rejects.toMatchObject({ code: 'ABORTED' });
});

test('an interruption leaves the turns that are kept as they are', () => {
  const { turns, events } = rig();
  const [old, kept] = [turns.join('old', 0, {}), turns.join('kept', 0, {})];
  expect([turns.anyBeside(new Set(['kept'])), turns.anyBeside(new Set(['old', 'kept']))]).toEqual([true, false]);
  expect(turns.interrupt(['pushed', 'kept'], new Set(['kept']))).toEqual(['old']);
  expect([old.signal.aborted, kept.signal.aborted]).toEqual([true, false]);
  expect(turns.join('kept', 0, {})).toBe(kept);
  expect(() => turns.join('pushed', 0, {})).toThrow(/interrupted/);
  old.leave();
  expect(events).toEqual(['turn.started old', 'turn.started kept', 'turn.completed old interrupted']);
});
