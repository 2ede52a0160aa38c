const OPEN = '<think>';
const CLOSE = '</think>';

/**
 * Leaves out what a model thinks aloud before it answers: `<think>...</think>` at the start, as local servers pass it through, and
 * the white space before the first word.
 *
 * @returns takes a piece, gives what of it is answer: maybe nothing, maybe with text that was held back.
 */
export function thinkingFilter(): (piece: string) => string {
  let state: 'start' | 'thinking' | 'answering' = 'start';
  let held = '';
  return (piece) => {
    if (state === 'answering') return piece;
    held = (held + piece).replace(/^\s+/, '');
    if (state === 'start') {
      // Until it can't become the tag any more, it may be one.
      if (held.length < OPEN.length && OPEN.startsWith(held)) return '';
      if (!held.startsWith(OPEN)) return answer();
      state = 'thinking';
    }
    const end = held.indexOf(CLOSE);
    if (end < 0) {
      // Thoughts are long: only what may be the start of the closing tag is kept.
      held = held.slice(-CLOSE.length);
      return '';
    }
    held = held.slice(end + CLOSE.length).replace(/^\s+/, '');
    if (held === '') {
      state = 'start';
      return '';
    }
    return answer();
  };

  function answer(): string {
    state = 'answering';
    return held;
  }
}
