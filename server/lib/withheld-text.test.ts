import { expect, test } from 'vitest';
import { withholdText } from './withheld-text.ts';

const SAID = 'My number is 555-0199, and my name is Ada.';

test.each([
  [`flite had nothing to say for '${SAID}'`, "flite had nothing to say for '…'"],
  ["flite had nothing to say for 'My number is 555-019'", "flite had nothing to say for '…'"],
  [`the server refused: {"input":"${SAID.toUpperCase()}"}`, 'the server refused: {"input":"…"}'],
  ['it quoted is 555-0199, and and my name is Ada', 'it quoted……'],
  ['the disk is full', 'the disk is full'],
  ['', ''],
])('%s', (message, without) => {
  expect(withholdText(message, SAID)).toBe(without);
});

test('a text that is short is withheld as a whole, and one that is none leaves a message as it is', () => {
  expect(withholdText("nothing to say for 'Hm!'", 'Hm!')).toBe("nothing to say for '…'");
  expect(withholdText('nothing to say', undefined)).toBe('nothing to say');
  expect(withholdText('nothing to say', '  ')).toBe('nothing to say');
});

test('texts that repeat themselves are no work without end', () => {
  const long = 'ab'.repeat(10_000);
  expect(withholdText(`x${long}y`, long)).toBe('x…y');
});
