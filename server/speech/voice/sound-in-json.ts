import { fieldOf } from '../../lib/json-field.ts';

/** Names of fields that hold sound as base64: OpenAI, Google, and servers of one's own. */
const SOUND_FIELD =
  /^(?:audio\w*|sound\w*|speech|wav|pcm|mp3|base64|b64\w*|delta|data|content|inline_?data|output|result)$/i;
const BASE64 = /^[A-Za-z0-9+/_\s-]+={0,2}\s*$/;
const DATA_URL = /^data:([^,]{0,200}),/;
/** Shorter than that it is a name, a version or a format. */
const MIN_LENGTH = 32;
const MAX_DEPTH = 8;
const MAX_FIELDS = 2000;
const TYPE_FIELDS = ['mimeType', 'mime_type', 'content_type', 'contentType', 'media_type', 'type'];
const RATE_FIELDS = ['sample_rate', 'sampleRate', 'sample_rate_hertz', 'sampleRateHertz', 'rate', 'sampling_rate'];

/** Sound found in JSON. */
export type JsonSound = {
  readonly base64: string;
  /** As a `Content-Type`, when something says so. */
  readonly contentType?: string;
};

/**
 * The sound in one JSON message: `{ "audio": "..." }`, `{ "audioContent": "..." }`, `choices[0].message.audio.data`, Google's
 * `inlineData`, data URLs. The first that looks like it; an address elsewhere is none, and is not asked.
 */
export function soundInJson(value: unknown): JsonSound | undefined {
  return new SoundSearch().in(value, 0);
}

class SoundSearch {
  #fields = 0;

  in(value: unknown, depth: number): JsonSound | undefined {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
    for (const [name, inner] of Object.entries(value)) {
      this.#fields += 1;
      if (this.#fields > MAX_FIELDS) return undefined;
      const isNamed = SOUND_FIELD.test(name);
      const found =
        typeof inner === 'string' ? (isNamed ? soundOf(inner, value) : undefined) : this.in(inner, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function soundOf(text: string, beside: object): JsonSound | undefined {
  const [url, type] = DATA_URL.exec(text) ?? [];
  const base64 = url === undefined ? text : text.slice(url.length);
  if (base64.length < MIN_LENGTH || !isBase64(base64)) return undefined;
  const contentType = type ?? typeBeside(beside);
  return { base64, ...(contentType !== undefined && { contentType }) };
}

/** Its beginning and end say enough of megabytes. */
function isBase64(text: string): boolean {
  return BASE64.test(text.slice(0, 1000)) && BASE64.test(text.slice(-1000));
}

function typeBeside(beside: object): string | undefined {
  const types = TYPE_FIELDS.map((name) => fieldOf(beside, name));
  const type = types.find((value) => typeof value === 'string' && /^audio\//i.test(value));
  const rate = RATE_FIELDS.map((name) => fieldOf(beside, name)).find((value) => typeof value === 'number');
  if (rate === undefined) return typeof type === 'string' ? type : undefined;
  return `${typeof type === 'string' ? type : 'audio/pcm'};rate=${String(rate)}`;
}
