import { describe, expect, it, test } from 'vitest';
import { isLoopback, networkOf } from './client-address.ts';

describe('loopback', () => {
  it.each(['127.0.0.1', '127.255.0.3', '::1', '::ffff:127.0.0.1'])('is %s', (address) => {
    expect(isLoopback(address)).toBe(true);
  });

  it.each(['127.evil', '127.0.0.1.example', '127.', '::ffff:10.0.0.1', '::2', '10.127.0.1', '', 'localhost'])(
    'is not %s, though a proxy may pass it on',
    (address) => {
      expect(isLoopback(address)).toBe(false);
    },
  );
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::9', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['x'.repeat(1000), 'x'.repeat(64)],
  [`:${'x'.repeat(1000)}`, `:${'x'.repeat(63)}`],
])('%.40s is counted as %.40s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
