import { anyOf, type Random } from '../support/random.ts';

/** Whom a browser says it asks, and for which page. */

const OWN_HOSTS = [
  'localhost',
  'LOCALHOST:1',
  'a.localhost:8080',
  'localhost.',
  '127.0.0.1',
  '127.9.9.9:80',
  '[::1]:8080',
  '[::ffff:127.0.0.1]',
];
const FOREIGN_HOSTS = [
  'attacker.example', 'attacker.example:8080', 'localhost.attacker.example', '127.0.0.1.nip.io', 'xlocalhost', '0.0.0.0:8080', '[::]',
  '10.0.0.1', '[fe80::1]', '128.0.0.1', 'attacker.example.', 'xn--80ak6aa92e.example', 'a_b', '1', '[::ffff:10.0.0.1]',
] as const; // biome-ignore format: a list to be read as one
const BROKEN_HOSTS = [
  'user@localhost', 'localhost:99999', 'localhost/..', 'localhost#', 'localhost,evil', '[::1', '%6cocalhost', '..',
] as const; // biome-ignore format: a list to be read as one
const FOREIGN_ORIGINS = [
  'null',
  'https://attacker.example',
  'http://localhost:1',
  'https://localhost',
  'http://127.0.0.1.nip.io',
  'file://',
  'localhost',
];

export type Stranger = {
  readonly headers: Readonly<Record<string, string>>;
  /** It asks for another server. */
  readonly isLost: boolean;
  /** Its page has no business here. */
  readonly isForeign: boolean;
};

const NOBODY: Stranger = { headers: {}, isLost: false, isForeign: false };

/** Most requests are of no browser, and mean this server. */
export function anyStranger(random: Random): Stranger {
  const kind = random();
  if (kind < 0.8) return NOBODY;
  if (kind < 0.84) return { ...NOBODY, headers: { host: anyOf(random, OWN_HOSTS) } };
  if (kind < 0.9) return { ...NOBODY, headers: { host: anyOf(random, FOREIGN_HOSTS) }, isLost: true };
  if (kind < 0.92) return { ...NOBODY, headers: { host: anyOf(random, BROKEN_HOSTS) }, isLost: true };
  if (kind < 0.96) return { ...NOBODY, headers: { origin: anyOf(random, FOREIGN_ORIGINS) }, isForeign: true };
  const site = anyOf(random, ['cross-site', 'same-site']);
  return { ...NOBODY, headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }, isForeign: true };
}
