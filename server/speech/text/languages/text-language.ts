import { languageOfScript } from '../script.ts';
import { LanguageGuess } from './language-guess.ts';

/** The language that a text is written in: by its script, else by its small words; `undefined` when it could be several. */
export function languageOfText(text: string): string | undefined {
  const guess = new LanguageGuess();
  for (const char of `${text} `) guess.add(char);
  return languageOfScript(text) ?? guess.language;
}
