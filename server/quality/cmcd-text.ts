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
  const end = text.indexOf('%', start);
  if (end <= start || end - start > MAX_SID_LENGTH || !text.startsWith(PLAIN_END, end)) return undefined;
  const sid = text.slice(start, end);
  return sid.includes('+') ? undefined : sid;
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
  // The letters are searched for, not the comma before them: in a query that is `%2C`, and every other character is a `%`.
  for (let at = text.indexOf('bs'); at >= 0; at = text.indexOf('bs', at + 1)) {
    if (isKeyStart(text, at) && !goesOn(text.charCodeAt(at + 2))) return true;
  }
  return false;
}

/** True when `msd` (media start delay) may be there: it comes once, so it can't wait until somebody looks. */
export function mayHaveStartDelay({ text }: CmcdText): boolean {
  const at = text.indexOf('msd');
  return at >= 0 && (text[at + 3] === '=' || text.startsWith('%3D', at + 3));
}

function isKeyStart(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === ',' || (text[at - 1] === 'C' && text.startsWith('%2C', at - 3));
}

/** RFC 8941 3.1.2: what a key may consist of; `NaN`, where the text ends, is not. */
function goesOn(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 48 && code <= 57) ||
    (code >= 45 && code <= 46) ||
    code === 95 ||
    code === 42
  );
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
