/**
 * CMCD as it arrives with a request (CTA-5004): a structured-fields dictionary, in the query percent-encoded, in headers as it is. What
 * every request is asked is found here without decoding it; `cmcd-report.ts` decodes, when somebody looks.
 */
export type CmcdText = {
  readonly text: string;
  /** Percent-encoded, as a query is. */
  readonly isEncoded: boolean;
};

/** Longest text that is kept and decoded: what hls.js sends has about 400 characters, with all keys of version 2 about 700. */
export const MAX_TEXT_LENGTH = 2_048;
/** CTA-5004: a session id has at most 64 characters. */
const MAX_SID_LENGTH = 64;

/** `sid` where a key can stand: at the start, or after a comma and optional space (RFC 8941 3.2). */
const SID = /(?:^|(?:,|%2C)(?:[ +]|%20)*)sid(?:=|%3D)(?:"|%22)((?:[^"%]|%(?!22)){1,192}?)(?:"|%22)/i;
/** As hls.js and most others write it. */
const PLAIN_SID = 'sid%3D%22';
const PLAIN_END = '%22';
const KEY_GOES_ON = /[a-z0-9_.*-]/i;

/**
 * The viewer's session id.
 *
 * @returns `undefined` when there is none that can be one.
 */
export function sidOf({ text, isEncoded }: CmcdText): string | undefined {
  return (isEncoded ? plainSid(text) : undefined) ?? otherSid(text, isEncoded);
}

/** The common case, which costs two searches. */
function plainSid(text: string): string | undefined {
  const at = text.indexOf(PLAIN_SID);
  if (at < 0 || (at > 0 && !text.endsWith('%2C', at))) return undefined;
  const start = at + PLAIN_SID.length;
  const end = text.indexOf(PLAIN_END, start);
  if (end <= start || end - start > MAX_SID_LENGTH) return undefined;
  const sid = text.slice(start, end);
  return sid.includes('%') || sid.includes('+') ? undefined : sid;
}

function otherSid(text: string, isEncoded: boolean): string | undefined {
  const found = SID.exec(text)?.[1];
  const sid = found !== undefined && isEncoded ? decoded(found) : found;
  return sid !== undefined && isSid(sid) ? sid : undefined;
}

/** RFC 8941 3.3.3: a string is visible ASCII and spaces. */
export function isSid(text: string): boolean {
  return text.length <= MAX_SID_LENGTH && /^[\x20-\x7e]+$/.test(text);
}

/** True when `bs` (buffer starvation) may be set: whoever counts it decodes the text first, to be sure. */
export function mayBeStarved({ text }: CmcdText): boolean {
  return startsWithKey(text, 0, 'bs') || hasKeyAfter(text, '%2C', 'bs') || hasKeyAfter(text, ',', 'bs');
}

/** True when `msd` (media start delay) may be there: it comes once, so it can't wait until somebody looks. */
export function mayHaveStartDelay({ text }: CmcdText): boolean {
  return text.includes('msd=') || text.includes('msd%3D');
}

function hasKeyAfter(text: string, separator: string, key: string): boolean {
  const wanted = separator + key;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (startsWithKey(text, at + separator.length, key)) return true;
  }
  return false;
}

function startsWithKey(text: string, at: number, key: string): boolean {
  return text.startsWith(key, at) && !KEY_GOES_ON.test(text.charAt(at + key.length));
}

/** @returns `undefined` for what is no percent-encoding. */
export function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
