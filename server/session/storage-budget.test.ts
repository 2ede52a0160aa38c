import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StorageAccount } from './storage-account.ts';
import { StorageBudget } from './storage-budget.ts';

let budget: StorageBudget;
let full: number;

beforeEach(() => {
  full = 0;
  budget = new StorageBudget({ maxBytes: 1_000, onFull: () => (full += 1) });
});

afterEach(() => vi.useRealTimers());

const never = () => new AbortController().signal;
const accountOf = () => new StorageAccount(budget);
const refused = expect.objectContaining({ code: 'STORAGE_FULL' });

test('counts what all sessions keep', () => {
  const [one, other] = [accountOf(), accountOf()];
  one.add(300);
  other.put('journal', 100);
  other.put('journal', 150);
  expect([one.bytes, other.bytes, budget.bytes]).toEqual([300, 150, 450]);
  other.put('journal', 0);
  one.close();
  one.close();
  one.add(50);
  expect(budget.bytes).toBe(0);
});

describe('an upload', () => {
  test('is taken while there is room for it and for as much again', () => {
    const account = accountOf();
    account.grow('first', 300);
    expect(() => account.grow('second', 201)).toThrow(refused);
    account.grow('second', 200);
    expect([budget.bytes, full]).toEqual([1_000, 1]);
  });

  test('that does not say its size is refused once it is too large', () => {
    const account = accountOf();
    let taken = 0;
    const send = () => {
      for (let bytes = 10; bytes <= 1_000; bytes += 10) {
        account.grow('upload', bytes);
        taken = bytes;
      }
    };
    expect(send).toThrow(refused);
    expect(taken).toBe(500);
    account.drop('upload');
    expect(budget.bytes).toBe(0);
  });

  test('counts what came of it once', () => {
    const account = accountOf();
    for (const bytes of [200, 50, 100, 200]) account.grow('upload', bytes);
    expect(budget.bytes).toBe(400);
    account.drop('upload');
    expect(budget.bytes).toBe(0);
  });

  test('is promised as much as was made of those before it', async () => {
    const account = accountOf();
    account.grow('first', 100);
    const room = await account.reserve(400, never(), 'first');
    expect(budget.bytes).toBe(500);
    account.add(300);
    room.spend(300);
    account.drop('first');
    room.release();
    expect([budget.bytes, budget.growth]).toEqual([300, 3]);
    expect(() => account.grow('second', 176)).toThrow(refused);
    account.grow('second', 175);
    expect(budget.bytes).toBe(1_000);
  });

  test('keeps what it was promised, whoever waits', async () => {
    const [account, other] = [accountOf(), accountOf()];
    account.grow('upload', 400);
    const hold = await other.reserve(200, never());
    const had: string[] = [];
    const waiting = other.reserve(300, never()).then(() => had.push('other'));
    const room = await account.reserve(350, never(), 'upload');
    expect([had, budget.bytes]).toEqual([[], 950]);
    room.release();
    await waiting;
    hold.release();
    expect(budget.bytes).toBe(700);
  });
});

describe('nothing new is taken', () => {
  test('when all is full', () => {
    accountOf().add(1_000);
    expect(() => budget.assertRoom()).toThrow(/sessions keep 1000 bytes.*MAX_DATA_BYTES is 1000/);
  });

  test('but for the last byte', () => {
    accountOf().add(999);
    budget.assertRoom();
    budget.assertRoom(1);
    expect(() => budget.assertRoom(2)).toThrow(refused);
  });
});

describe('room for what was accepted', () => {
  test('is held until it is written or given back', async () => {
    const account = accountOf();
    const room = await account.reserve(600, never());
    expect(budget.bytes).toBe(600);
    account.add(200);
    room.spend(200);
    expect(budget.bytes).toBe(600);
    room.release();
    room.release();
    expect(budget.bytes).toBe(200);
  });

  test('is never less than nothing, when more is written than was thought', async () => {
    const account = accountOf();
    const room = await account.reserve(100, never());
    account.add(150);
    room.spend(150);
    room.release();
    expect(budget.bytes).toBe(150);
  });

  test('is waited for, the small one not behind the large one', async () => {
    const account = accountOf();
    const held = await account.reserve(10, never());
    account.put('upload', 890);
    const had: string[] = [];
    const large = account.reserve(800, never()).then(() => had.push('large'));
    const small = account.reserve(200, never()).then(() => had.push('small'));
    account.put('upload', 700);
    await small;
    expect(had).toEqual(['small']);
    held.release();
    account.put('upload', 0);
    await large;
    expect([had, budget.bytes, full]).toEqual([['small', 'large'], 1_000, 2]);
  });

  test('is waited for while somebody may give some back, for a minute', async () => {
    vi.useFakeTimers();
    accountOf().add(800);
    await accountOf().reserve(100, never());
    let isOver = false;
    const waiting = expect(accountOf().reserve(101, never())).rejects.toThrow(refused);
    void waiting.then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    await waiting;
    expect(budget.bytes).toBe(900);
  });

  test('is refused one by one when nobody will give some back: each leaves room for the others', async () => {
    vi.useFakeTimers();
    const account = accountOf();
    account.add(700);
    const had: string[] = [];
    const names = ['first', 'second', 'third'];
    for (const name of names) account.put(name, 100);
    const ask = async (name: string) => {
      await account.reserve(150, never()).then(
        () => had.push(`${name} has room`),
        () => {
          had.push(`${name} is refused`);
          account.drop(name);
        },
      );
    };
    const asked = names.map(ask);
    await vi.advanceTimersByTimeAsync(250);
    await Promise.all(asked);
    expect(had).toEqual(['first is refused', 'second is refused', 'third has room']);
  });

  test('is not waited for where there never can be', async () => {
    await expect(accountOf().reserve(1_001, never())).rejects.toThrow(refused);
  });

  test('is not waited for by who was called off', async () => {
    const other = accountOf();
    other.add(1_000);
    const abort = new AbortController();
    const waiting = expect(accountOf().reserve(10, abort.signal)).rejects.toThrow('called off');
    abort.abort(new Error('called off'));
    await waiting;
    other.close();
    expect(budget.bytes).toBe(0);
  });

  test('goes with its session', async () => {
    const account = accountOf();
    const room = await account.reserve(500, never());
    account.close();
    room.spend(100);
    room.release();
    expect(budget.bytes).toBe(0);
    await expect(account.reserve(10, never())).rejects.toMatchObject({ code: 'ABORTED' });
    expect(budget.bytes).toBe(0);
  });
});
