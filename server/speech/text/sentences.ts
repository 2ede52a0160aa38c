import { SentenceStream } from './sentence-stream.ts';

export { cleanText } from './characters.ts';

/**
 * Splits text into what is spoken as one chunk each: sentences, list items, lines; none longer than about 15 s. Markdown
 * and emoji are left out, whitespace is collapsed, and pieces without a letter or digit are joined to their neighbour or dropped.
 *
 * @param language - BCP 47 tag; an unknown one is as good as none.
 */
export function splitSentences(text: string, language?: string): string[] {
  const stream = new SentenceStream({ language });
  return [...stream.push(text), ...stream.end()];
}
