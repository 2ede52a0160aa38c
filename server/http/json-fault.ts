/** Places of the unexpected character that are tried. */
const MAX_TRIES = 20;
const MAX_WHAT = 80;

/**
 * Where and why a text is no JSON, in V8's words without what they quote of it: "Unexpected token 'h' at line 2, column 10".
 *
 * @param message - Of the error that `JSON.parse` threw for `text`.
 */
export function jsonFault(text: string, message: string): string {
  const what = message.replace(/, (?:\.{3})?".*is not valid JSON$| in JSON.*$| at position.*$/s, '');
  const position = /at position (\d+)/.exec(message)?.[1];
  const at = position === undefined ? placeOf(/^Unexpected token '(.+)'$/su.exec(what)?.[1], text) : Number(position);
  if (at === undefined) return what.slice(0, MAX_WHAT);
  const lines = text.slice(0, at).split('\n');
  return `${what.slice(0, MAX_WHAT)} at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

/** V8 tells no position of an unexpected token: it is the first before which all is well so far. */
function placeOf(token: string | undefined, text: string): number | undefined {
  if (token === undefined) return undefined;
  let at = text.indexOf(token);
  for (let tries = 0; at >= 0 && tries < MAX_TRIES; tries++) {
    if (breaksAt(text, at, token.length)) return at;
    at = text.indexOf(token, at + 1);
  }
  return undefined;
}

const breaksAt = (text: string, at: number, length: number): boolean =>
  isUnfinished(text.slice(0, at)) && !isUnfinished(text.slice(0, at + length));

function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A string, a number or a word may go on, too.
    return /end of JSON|Unterminated|No number after|property name|after (array|property)/.test(error.message);
  }
}
