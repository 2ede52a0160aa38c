import { splitSentences } from './sentences.ts';

/** Stand-in until the streaming splitter lands. */
export async function* sentencesOf(deltas: AsyncIterable<string>, language?: string): AsyncGenerator<string> {
  let text = '';
  let given = 0;
  for await (const delta of deltas) {
    text += delta;
    const sentences = splitSentences(text, language);
    for (; given < sentences.length - 1; given++) yield sentences[given] ?? '';
  }
  for (const sentence of splitSentences(text, language).slice(given)) yield sentence;
}
