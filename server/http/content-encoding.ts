export type ContentEncoding = 'br' | 'gzip' | 'identity';

/** Headers seen before, as players send few different ones. Bounded, for those who send many. */
const chosen = new Map<string, ContentEncoding>();
const CHOSEN_LIMIT = 64;

/** The coding a client likes best (RFC 9110 12.5.3); of equals the smallest. Identity when it says nothing, or refuses everything. */
export function chooseEncoding(acceptEncoding: string | undefined): ContentEncoding {
  if (acceptEncoding === undefined) return 'identity';
  const known = chosen.get(acceptEncoding);
  if (known !== undefined) return known;
  const encoding = negotiate(acceptEncoding);
  if (chosen.size < CHOSEN_LIMIT) chosen.set(acceptEncoding, encoding);
  return encoding;
}

function negotiate(acceptEncoding: string): ContentEncoding {
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((text) => text.trim());
    if (name !== '') weights.set(name, weightOf(parameters));
  }
  const any = weights.get('*') ?? 0;
  const gzip = weights.get('gzip') ?? weights.get('x-gzip') ?? any;
  const br = weights.get('br') ?? any;
  // Identity is acceptable without being named, but only as the last choice.
  const identity = weights.get('identity') ?? 0;
  if (br > 0 && br >= gzip && br >= identity) return 'br';
  return gzip > 0 && gzip >= identity ? 'gzip' : 'identity';
}

function weightOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  if (quality === undefined) return 1;
  return /^q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(quality) ? Number(quality.slice(2)) : 0;
}
