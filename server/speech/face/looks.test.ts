import { describe, expect, it } from 'vitest';
import { LOOKS, lookNamed, lookVersion } from './looks.ts';

describe('looks', () => {
  it('have names of their own that fit a URL, and titles', () => {
    expect(LOOKS.length).toBeGreaterThanOrEqual(4);
    expect(new Set(LOOKS.map(({ name }) => name)).size).toBe(LOOKS.length);
    for (const { name, title } of LOOKS) {
      expect(name).toMatch(/^[a-z][a-z0-9-]{0,31}$/u);
      expect(title.length).toBeGreaterThan(name.length);
    }
  });

  it('have a version each; the default is the first', () => {
    expect(new Set(LOOKS.map(({ name }) => lookVersion(name))).size).toBe(LOOKS.length);
    expect(lookVersion()).toBe(lookVersion('ada'));
    expect(lookNamed().name).toBe(LOOKS[0]?.name);
  });

  it('refuses a name that is none of them', () => {
    for (const name of ['eve', '', 'constructor', 'ADA']) {
      expect(() => lookNamed(name)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
      expect(() => lookVersion(name)).toThrow('look must be one of ada, ');
    }
  });
});
