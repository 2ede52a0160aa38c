import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { weaknessOf } from './weak-secret.ts';

test.each([
  ['', /0 characters/],
  ['secret', /6 characters/],
  ['hunter2', /characters/],
  ['0123456789abcde', /15 characters/],
  ['0123456789abcdef', /sequences/],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', /repetitions/],
  ['abababababababababababab', /repetitions/],
  ['changeme-changeme-changeme', /common words/],
  ['my-secret-api-key-for-throughline', /common words/],
  ['YOUR_API_KEY_GOES_HERE', /common words/],
  ['qwertyuiopasdfghjkl', /sequences/],
  ['passwordpassword1234', /common words/],
  ['correctcorrectcorrectcorrect', /repetitions/],
  ['                        ', /repetitions/],
])("'%s' is weak", (secret, why) => {
  expect(weaknessOf(secret)?.reason).toMatch(why);
});

test.each([
  ['secret', true],
  ['hunter2', true],
  ['changeme-changeme-changeme', true],
  ['my-secret-api-key-for-throughline', true],
  ['a walrus was here', false],
  ['0123456789abcdef', true],
  ['kTq93fUw', false],
])("that '%s' comes to mind at once: %s", (secret, isGuessable) => {
  expect(weaknessOf(secret)).toMatchObject({ isGuessable });
});

test('what a generator makes is not', () => {
  for (let times = 0; times < 2_000; times += 1) {
    const secrets = [
      randomBytes(24).toString('hex'),
      randomBytes(32).toString('hex'),
      randomBytes(16).toString('base64url'),
      randomBytes(16).toString('base64'),
      randomUUID(),
      `sk-${randomBytes(18).toString('base64url')}`,
    ];
    for (const secret of secrets) expect([secret, weaknessOf(secret)]).toEqual([secret, undefined]);
  }
});

test('nor are a few words that are not common ones', () => {
  expect(weaknessOf('gently-orbiting-walrus-47-copper')).toBeUndefined();
});
