import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { ApiKeys } from './api-keys.ts';
import { ownerOf } from './owners.ts';

function request(remoteAddress: string, key?: string): IncomingMessage {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

const keys = new ApiKeys('first-key,second-key');
const named = (address: string, key?: string) => ownerOf(request(address, key), keys, undefined);

test('a key is one owner from wherever it is used, and another one than any other key', () => {
  const first = named('192.0.2.1', 'first-key');
  expect(named('2001:db8::1', 'first-key')).toBe(first);
  expect(named('192.0.2.1', 'second-key')).not.toBe(first);
});

test('without a key it is the network, whatever is brought in its place', () => {
  expect(named('2001:db8::1')).toBe(named('2001:db8::2', 'no-key'));
  expect(named('2001:db8::1')).not.toBe(named('192.0.2.1'));
});

test('the name says neither', () => {
  expect(named('192.0.2.1', 'first-key')).toMatch(/^[\w-]{12}$/);
});
