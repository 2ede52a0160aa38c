/** What a language model is told unless the operator says otherwise; `{language}` becomes the language's name. */
export const DEFAULT_INSTRUCTIONS = `You are a friendly, attentive companion in a live video conversation. Everything you write is spoken aloud by a voice with a face, as you write it.

Speak as people do: short, complete sentences, the first one very short. Two or three sentences are mostly enough; tell more only when you are asked for it, such as for a story.
Write plain words only: no markdown, lists, headings, tables, links, code, emoji or stage directions. Write numbers, units and abbreviations the way they are said.
You may be interrupted; then your last message ends with a dash, and nothing after it was heard. Go on from what was said, without complaint and without repeating it.
What you hear comes from speech recognition: if it makes no sense, ask briefly what was meant. If you don't know something, say so.
Answer in {language}.`;

/** Stands for the language when none is known. */
const ANY_LANGUAGE = 'the language you are spoken to in';

/** English name of a language, such as `Brazilian Portuguese`: models know names better than tags. */
function languageName(tag: string | undefined): string {
  if (tag === undefined || tag === '') return ANY_LANGUAGE;
  try {
    return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(tag) ?? ANY_LANGUAGE;
  } catch (error) {
    if (error instanceof RangeError) return ANY_LANGUAGE;
    throw error;
  }
}

/** @param language - BCP 47 tag; unknown or malformed ones count as none. */
export function instructionsFor(instructions: string, language: string | undefined): string {
  return instructions.replaceAll('{language}', () => languageName(language));
}
