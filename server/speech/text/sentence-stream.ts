import { StreamError } from '../../errors.ts';
import { CharacterReader } from './characters.ts';
import { MarkdownReader } from './markdown-reader.ts';
import { SentenceAssembler } from './sentence-assembler.ts';

/**
 * Splits text that comes in pieces into what is spoken as one chunk each. Every stage takes single characters and
 * decides by those it has, so that the sentences are the same however the text is cut into pieces.
 */
export class SentenceStream {
  readonly #characters: CharacterReader;
  readonly #markdown: MarkdownReader;
  #sentences: string[] = [];

  /** @param options - `language` is a BCP 47 tag; an unknown one is as good as none. */
  constructor({ language }: { readonly language?: string | undefined } = {}) {
    const markdown = new MarkdownReader(new SentenceAssembler((sentence) => this.#sentences.push(sentence), language));
    this.#markdown = markdown;
    this.#characters = new CharacterReader((char) => markdown.add(char));
  }

  /** Takes the next piece of text. @returns The sentences that are whole now, whatever follows. */
  push(delta: string): string[] {
    this.#characters.push(delta);
    return this.#taken();
  }

  /** The text ends. @returns The rest of it; the next piece begins a new text. */
  end(): string[] {
    this.#characters.end();
    this.#markdown.end();
    return this.#taken();
  }

  #taken(): string[] {
    const sentences = this.#sentences;
    this.#sentences = [];
    return sentences;
  }
}

/** How a sentence ends that is one. */
const WHOLE = /[.!?…。！？।؟۔]["'”’»」』)\]]*$/u;

/** Whether text ends where a sentence does. */
export function endsWhole(text: string): boolean {
  return WHOLE.test(text.trimEnd());
}

/**
 * Gives the sentences of text that is being made, each as soon as it is whole. An error of the source passes through,
 * and what it left unfinished is not given. Who leaves early ends the source.
 *
 * @param deltas - Pieces of any size.
 */
export async function* sentencesOf(deltas: AsyncIterable<string>, language?: string): AsyncGenerator<string> {
  const stream = new SentenceStream({ language });
  try {
    for await (const delta of deltas) yield* stream.push(delta);
  } catch (error) {
    // Nobody wants the rest of what was called off.
    if (!(error instanceof StreamError && error.code === 'ABORTED')) yield* stream.end().filter(endsWhole);
    throw error;
  }
  yield* stream.end();
}
