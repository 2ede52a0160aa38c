import { heardCharacters, phaseAt } from '../session/sentence.ts';
import type { Turn } from '../session/transcript.ts';

/**
 * A conversation as plain text, as it was heard: what was cut ends there, what was dropped is left out.
 *
 * @param dateMs - Program date time of what is on screen; undefined while it is not known.
 */
export function transcriptText(turns: readonly Turn[], dateMs: number | undefined): string {
  return turns
    .map(({ utterance, sentences }) => {
      const answer = sentences
        .filter((sentence) => ['speaking', 'said', 'cut'].includes(phaseAt(sentence, dateMs)))
        .map((sentence) => {
          const heard = sentence.text.slice(0, heardCharacters(sentence, dateMs)).trim();
          return heard.length < sentence.text.trim().length ? `${heard}—` : heard;
        })
        .filter((text) => text !== '' && text !== '—')
        .join(' ');
      return [
        ...(utterance === undefined ? [] : [`You: ${utterance}`]),
        ...(answer === '' ? [] : [`Answer: ${answer}`]),
      ];
    })
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** Hands a text to the browser as a file. */
export function downloadText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
