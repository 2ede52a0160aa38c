/** Bytes that are looked at before a body is taken: enough to tell that none of them is a zero by chance. */
export const HEAD_BYTES = 4_096;
/** Fewer letters may be the start of anything. */
const MIN_TEXT_BYTES = 16;
/** Of a body that says itself that it is a form, fewer will do. */
const FORM_HEAD_BYTES = 512;

const SEND_IT = "send the file itself as the body: curl --data-binary @clip.mp4 -H 'Content-Type: video/mp4' …";
const FORM = 'application/x-www-form-urlencoded';

/** Why a body of this media type can't be media, with what to do instead; `undefined` where its bytes have to tell. */
export function faultOfType(type: string): string | undefined {
  if (type.startsWith('multipart/')) return `a form (${type}) is not read: ${SEND_IT}`;
  if (/^application\/(.+\+)?json$/.test(type)) {
    return `the body is JSON by its Content-Type, and nothing is fetched from a URL: ${SEND_IT}`;
  }
  if (/^text\/|[/+]xml$/.test(type)) return `the body is text by its Content-Type (${type}): ${SEND_IT}`;
  return undefined;
}

/** First bytes of what is often sent, and is no clip; as Latin-1. */
const OTHERS: readonly (readonly [start: RegExp, what: string])[] = [
  [/^\x89PNG|^\xff\xd8\xff|^GIF8[79]a|^RIFF.{4}WEBP/s, 'a picture, which has no length: make a clip of it'],
  [/^PK\p{Cc}\p{Cc}/u, 'a ZIP archive'],
  [/^\p{Cc}\x8b/u, 'compressed by gzip'],
  [/^%PDF-/, 'a PDF document'],
  [/^--[^\r\n]{1,200}\r?\nContent-/i, 'a form with parts (multipart)'],
];

/** Of texts, what they are and who sends them. */
const TEXTS: readonly (readonly [start: RegExp, what: string])[] = [
  [/^[{[]/, 'JSON'],
  [/^<(!doctype html|html)/i, 'HTML'],
  [/^</, 'XML or HTML'],
  [/^#EXTM3U/, 'a playlist'],
  [/^(https?|file|ftp|s3|gs):\/\//i, 'a URL, and nothing is fetched from one'],
  [/^data:/i, 'a data URL'],
  [/^[a-z0-9+/\s]{64,}={0,2}\s*$/i, 'Base64'],
  [/^[\w.%+-]{1,100}=/, 'fields of a form'],
];

/** Containers that begin with bytes which `curl -d` takes out, as they look then. */
const STRIPPED = /^[^\0]{0,3}ftyp|^RIFF.{1,3}WAVE|^OggS[^\0]|^FORM.{1,3}AIF[FC]/s;

/**
 * Why a body can't be media, by its first bytes: text, a picture, or what `curl -d` leaves of a file.
 *
 * @param head - `HEAD_BYTES` of it, or all there are.
 * @returns what to tell the sender; `undefined` when it may be media.
 */
export function faultOfBytes(head: Uint8Array, type: string): string | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const raw = bytes.toString('latin1');
  if (isStripped(raw, type)) {
    return `the body has no zero bytes and no line ends, as curl -d leaves a file, which damages it: use --data-binary: ${SEND_IT}`;
  }
  const other = OTHERS.find(([start]) => start.test(raw));
  if (other) return `by its first bytes, the body is ${other[1]}: ${SEND_IT}`;
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const what = TEXTS.find(([start]) => start.test(text))?.[1] ?? (bytes.length < MIN_TEXT_BYTES ? undefined : 'text');
  return what && `by its first bytes, the body is ${what}: ${SEND_IT}`;
}

/** `curl -d @file` takes out zeros and line ends, and no media is without them for long. */
function isStripped(raw: string, type: string): boolean {
  if (/[\0\r\n]/.test(raw)) return false;
  if (STRIPPED.test(raw)) return true;
  return !/^[\t -~]*$/.test(raw) && raw.length >= (type === FORM ? FORM_HEAD_BYTES : HEAD_BYTES);
}

/** The text that bytes are, without what stands in front of it; `undefined` for bytes that are none. The last character may be cut. */
function textOf(bytes: Buffer): string | undefined {
  const text = new TextDecoder('utf-8').decode(bytes).replace(/\ufffd$/, '');
  return /[\ufffd]|(?![\t\n\f\r])\p{Cc}/u.test(text) ? undefined : text.replace(/^\s+/, '');
}
