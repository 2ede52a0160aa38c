import type { LanguageData } from './language-data.ts';

/** Full stops are those of Latin words. */
export const JAPANESE: LanguageData = {
  goesOn: 'Dr Mr Mrs Ms Prof St vs cf e.g i.e',
  number: 'no nos p pp fig vol ver ch eq tel ext',
  either: 'Inc Ltd Co Corp Jr Sr',
  ends: 'etc a.m p.m',
  starters: '',
  local: 'no nos p pp fig vol ver ch eq tel ext',
  isYearFirst: true,
};
