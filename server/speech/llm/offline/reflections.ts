/** What of a sentence is given back, in characters; nobody's text is read out at length. */
const MAX_ECHO_LENGTH = 100;

const REFLECTED: Readonly<Record<string, string>> = {
  i: 'you',
  me: 'you',
  my: 'your',
  mine: 'yours',
  myself: 'yourself',
  am: 'are',
  "i'm": 'you are',
  "i've": 'you have',
  "i'll": 'you will',
  "i'd": 'you would',
  you: 'I',
  your: 'my',
  yours: 'mine',
  yourself: 'myself',
  "you're": 'I am',
  "you've": 'I have',
  "you'll": 'I will',
  we: 'you',
  our: 'your',
  us: 'you',
};

const PATTERNS: readonly (readonly [RegExp, readonly ((rest: string) => string)[]])[] = [
  [
    /\bi (?:feel|am feeling|'m feeling) (.+)/i,
    [(rest) => `Why do you feel ${rest}?`, (rest) => `Do you often feel ${rest}?`],
  ],
  [/\bi (?:want|need|would like|wish) (.+)/i, [(rest) => `What would it change for you to have that: ${rest}?`]],
  [/\bi (?:really )?(like|love|enjoy|hate) (.+)/i, [(rest) => `Tell me, what is it about ${rest}?`]],
  [/\bi (?:think|believe|guess|suppose)(?: that)? (.+)/i, [(rest) => `What makes you think that ${rest}?`]],
  [/\bi (?:can't|cannot|can not) (.+)/i, [(rest) => `What would happen if you could ${rest}?`]],
  [
    /\b(?:i am|i'm) (.+)/i,
    [(rest) => `So you are ${rest}. How is that for you?`, (rest) => `You are ${rest}? Tell me more about that.`],
  ],
  [/\b(?:you are|you're) (.+)/i, [(rest) => `What makes you think that I am ${rest}?`]],
  [/\bbecause\b (.+)/i, [() => 'Is that the only reason?', () => 'I see. And what follows from that?']],
  [
    /\b(my (?:\S+ ){0,2}(?:is|was|has|died|left|likes|loves) .+)/i,
    [(rest) => `I see: ${rest}. How do you feel about it?`],
  ],
];
const MORE = ['I see. Tell me more.', 'That sounds interesting. Go on.', 'And what does that mean to you?'];

const QUESTION =
  /^(who|what|when|where|why|how|which|whose|do|does|did|can|could|would|will|should|is|are|was|were|have|has|may)\b/i;
const REQUEST =
  /^(please|tell|write|give|show|play|sing|find|translate|explain|describe|help|open|search|make|draw|recommend|read|list|turn|set|call|let)\b/i;

/** Text of somebody else's that can be said aloud: one line of words, bounded, cut between words. */
export function echoOf(text: string, maxLength = MAX_ECHO_LENGTH): string {
  const plain = text
    .slice(0, 4 * maxLength)
    .replace(/[^\p{L}\p{M}\p{N}',.!?\s-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (plain.length <= maxLength) return plain;
  const cut = plain.slice(0, maxLength).toWellFormed().replaceAll('\ufffd', '');
  const space = cut.lastIndexOf(' ');
  return space > 0 ? cut.slice(0, space) : cut;
}

function reflect(text: string): string {
  const words = echoOf(text)
    .replace(/[,.!?-]+$/, '')
    .split(' ');
  return words
    .map((word) => (Object.hasOwn(REFLECTED, word.toLowerCase()) ? REFLECTED[word.toLowerCase()] : word))
    .join(' ')
    .replace(/\bI are\b/g, 'I am')
    .replace(/\bare I\b/g, 'am I');
}

/** A statement in English given back as a question, after ELIZA (Weizenbaum 1966); `undefined` for what is none. */
export function reflection(text: string, turn: number): string | undefined {
  const [sentence = ''] = text.slice(0, 500).split(/(?<=[.!?])\s/);
  if (sentence.includes('?') || QUESTION.test(sentence) || REQUEST.test(sentence) || !/\p{L}/u.test(sentence))
    return undefined;
  for (const [pattern, answers] of PATTERNS) {
    const rest = sentence.match(pattern)?.at(-1);
    if (rest !== undefined) return answers[turn % answers.length]?.(reflect(rest));
  }
  // A word or two is rarely a statement.
  return sentence.trim().split(/\s+/).length > 2 ? MORE[turn % MORE.length] : undefined;
}
