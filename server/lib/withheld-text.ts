/** Shorter pieces that two texts have in common say nothing of either. */
const MIN_SHARED = 12;
const IN_ITS_PLACE = '…';

/**
 * A message without what it repeats of a text that is nobody's business: programs and servers quote what they fail on.
 *
 * @param text - Of which no piece of 12 characters or more stays; nor all of it, however short.
 */
export function withholdText(message: string, text: string | undefined): string {
  if (text === undefined || text.trim() === '') return message;
  const [seen, secret] = [message.toLowerCase(), text.toLowerCase().trim()];
  // Case may change the length of a text: then nothing can be told apart.
  if (seen.length !== message.length) return IN_ITS_PLACE;
  const least = Math.min(MIN_SHARED, secret.length);
  let kept = '';
  for (let at = 0; at < message.length; ) {
    const length = sharedLength(seen, at, secret, least);
    kept += length > 0 ? IN_ITS_PLACE : message[at];
    at += Math.max(1, length);
  }
  return kept;
}

/** Length of what a message at a place shares with a text; 0 when that is less than `least`. */
function sharedLength(message: string, at: number, text: string, least: number): number {
  const from = at + least > message.length ? -1 : text.indexOf(message.slice(at, at + least));
  if (from < 0) return 0;
  let length = least;
  while (at + length < message.length && message[at + length] === text[from + length]) length += 1;
  return length;
}
