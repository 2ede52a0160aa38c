const INLINE = new Set(
  'a abbr b big center cite code dd del details div dl em figure font i img ins kbd mark pre q s samp small span strike strong sub summary sup think thinking tt u var wbr'.split(
    ' ',
  ),
);
const BLOCKS = new Set(
  'address article blockquote body br dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 head header hr html li main ol p pre section summary table tbody td th thead tr ul'.split(
    ' ',
  ),
);

/** Longer ones are none. */
const MAX_TAG = 300;
const MAX_NAME = 12;
const WHOLE_NAME = /^<\/?([a-z][a-z0-9]*)[\s/>]$/i;
const NAME = /^<\/?[a-z][a-z0-9]*$/i;
/** Attributes need a value: "a <b and c> d" is no tag. */
const TAG =
  /^<\/?([a-z][a-z0-9]*)(?:\s+[a-z][a-z0-9-]*="[^"]*"|\s+[a-z][a-z0-9-]*='[^']*'|\s+[a-z][a-z0-9-]*=[^\s"'>]+)*\s*\/?>$/i;
/** What may still become a tag with attributes: a sentence must not wait for a sign in it. */
const PARTIAL_TAG =
  /^<\/?[a-z][a-z0-9]*(?:\s+[a-z][a-z0-9-]*="[^"]*"|\s+[a-z][a-z0-9-]*='[^']*'|\s+[a-z][a-z0-9-]*=[^\s"'>]+)*(?:\s+[a-z][a-z0-9-]*(?:=(?:"[^"]*|'[^']*)?)?|\s*\/?)$/i;
const ADDRESS_START =
  /^<(?:h|ht|htt|http|https|https?:|https?:\/[^\s<>]*|m|ma|mai|mail|mailt|mailto|mailto:[^\s<>]*)$/i;
const ADDRESS = /^<(?:mailto:)?([^\s<>]+)>$/i;
const COMMENT_START = /^<(?:!|!-|!--.*)$/s;

export type Tag = { readonly kind: 'tag' | 'block' } | { readonly kind: 'text'; readonly text: string };

/** What `<...>` stands for: a tag, one that begins or ends a block, or text. `undefined` while more is needed. */
export function tagOf(source: string): Tag | undefined {
  const text: Tag = { kind: 'text', text: source };
  // A tag doesn't end inside of quotation marks.
  const isWhole = source.endsWith('>') && (source.match(/"/g)?.length ?? 0) % 2 === 0;
  if (source.length > MAX_TAG) return text;
  if (COMMENT_START.test(source)) return source.length > 6 && source.endsWith('-->') ? { kind: 'tag' } : undefined;
  if (source.includes(':') && isWhole) return autolinkOf(source) ?? tagFrom(source) ?? text;
  if (isWhole) return tagFrom(source) ?? text;
  if (source === '<' || source === '</' || ADDRESS_START.test(source)) return undefined;
  if (NAME.test(source)) return source.length > MAX_NAME ? text : undefined;
  const name = WHOLE_NAME.exec(source)?.[1]?.toLowerCase();
  if (name !== undefined) return INLINE.has(name) || BLOCKS.has(name) ? undefined : text;
  return PARTIAL_TAG.test(source) ? undefined : text;
}

function autolinkOf(source: string): Tag | undefined {
  if (!/^<(?:https?:\/|mailto:)/i.test(source)) return undefined;
  const address = ADDRESS.exec(source)?.[1];
  return address === undefined ? undefined : { kind: 'text', text: address };
}

function tagFrom(source: string): Tag | undefined {
  const name = TAG.exec(source)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  if (BLOCKS.has(name)) return { kind: 'block' };
  return INLINE.has(name) ? { kind: 'tag' } : undefined;
}
