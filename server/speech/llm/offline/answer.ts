import type { ChatMessage } from '../../providers.ts';
import { folded, intentOf, languageOf, normalized, PACKS } from './matching.ts';
import type { Intent, LanguagePack, OfflineLanguage, Phrases, Topic } from './pack.ts';
import { echoOf, reflection } from './reflections.ts';
import { resultOf, spokenNumber, spokenSum, sumIn, takeNumber } from './sums.ts';

/** What is looked at of an utterance, in characters. */
const MAX_HEARD_LENGTH = 2000;
const MAX_COUNT = 30;
const MAX_SPELLED = 30;
/** Said again at most: a story is shorter. */
const MAX_REPEATED = 1000;
/** Utterances whose language stands for one that has none of its own ("ok", "12 * 7"). */
const MAX_LANGUAGE_TURNS = 6;
const NAME =
  /(?:my name is|my name's|call me|mein name ist|ich heiße|ich heisse|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|il mio nome e) {1,9}([\p{L}\p{M}'-]{1,30})(?: ([\p{L}\p{M}'-]{1,30}))?/iu;
/** A whole utterance with a capital: "I am Bob", not "I am tired". */
const I_AM_NAME =
  /^(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,.!]? )?(?:I am|I'm) (\p{Lu}\p{Ll}{1,29})(?: (\p{Lu}\p{Ll}{1,29}))?[.!]?$/u;
/** "My name is not important". */
const NO_NAME = /^(not|what|nicht|pas|no|non|a|the|so|when|if|later|back|too|also)$/i;

type Conversation = {
  readonly heard: string;
  /** Normalized, and folded. */
  readonly text: string;
  readonly words: string;
  readonly language: OfflineLanguage;
  readonly pack: LanguagePack;
  readonly phrases: Phrases;
  readonly messages: readonly ChatMessage[];
  /** How many times the user spoke before. */
  readonly turn: number;
  readonly now: Date;
};

const apostrophes = (text: string): string => text.replace(/[’`´]/g, "'");
const wordsOf = (content: string): string => folded(normalized(apostrophes(content.slice(0, MAX_HEARD_LENGTH))));

function nameIn(content: string): string | undefined {
  const text = apostrophes(content.slice(0, MAX_HEARD_LENGTH));
  const [, first, second] = text.match(NAME) ?? text.trim().match(I_AM_NAME) ?? [];
  if (first === undefined || NO_NAME.test(first)) return undefined;
  const name = first.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  // A second word is part of the name where it is written as one.
  return second !== undefined && /^\p{Lu}/u.test(second) ? `${name} ${second}` : name;
}

const nameOfUser = (messages: readonly ChatMessage[]): string | undefined =>
  messages.flatMap(({ role, content }) => (role === 'user' ? (nameIn(content) ?? []) : [])).at(-1);

const lastSaid = (messages: readonly ChatMessage[]): string | undefined =>
  messages
    .findLast(({ role, content }) => role === 'assistant' && content.trim() !== '')
    ?.content.replace(/[\s—]+$/u, '');

/** The rest of what is known by heart and was interrupted. */
function rest({ messages, phrases }: Conversation): string {
  const said = lastSaid(messages)?.slice(-60);
  const known = [...phrases.story, ...phrases.works, ...phrases.poem, ...phrases.sky];
  for (const whole of said === undefined || said.length < 10 ? [] : known) {
    const at = whole.indexOf(said ?? '');
    const left = at < 0 ? '' : whole.slice(at + (said?.length ?? 0)).trim();
    if (left !== '') return left;
  }
  return phrases.yes[0] ?? '';
}

/** Of several answers, one after the other as often as it was asked for. */
function byHeart(topic: Topic, { messages, phrases, language }: Conversation): string {
  const asked = messages
    .slice(0, -1)
    .filter(({ role, content }) => role === 'user' && intentOf(wordsOf(content), language) === topic).length;
  const answers = phrases[topic];
  return answers[asked % answers.length] ?? '';
}

/** "Another one": of what was told last. */
function another(conversation: Conversation): string {
  const { messages, language, phrases } = conversation;
  const asked = messages
    .slice(0, -1)
    .filter(({ role }) => role === 'user')
    .map(({ content }) => intentOf(wordsOf(content), language));
  const before = asked.findLast((intent) => intent !== 'another');
  const topic = before === 'story' || before === 'riddle' || before === 'poem' || before === 'fact' ? before : 'joke';
  const told = asked.slice(asked.lastIndexOf(topic)).length;
  const answers = phrases[topic];
  return answers[Math.max(asked.includes(topic) ? 1 : 0, told) % answers.length] ?? '';
}

const clockOf = ({ language, now }: Conversation): string =>
  now.toLocaleTimeString(language, { hour: 'numeric', minute: '2-digit' }).replace(/\s/g, ' ');

const MADE: Readonly<Record<Exclude<Intent, Topic>, (conversation: Conversation) => string>> = {
  yourName: ({ phrases, messages }) => {
    const name = nameOfUser(messages);
    return name === undefined ? phrases.noName : phrases.yourName(name);
  },
  time: (conversation) => conversation.phrases.time(clockOf(conversation)),
  date: ({ phrases, language, now }) =>
    phrases.date(now.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })),
  bye: ({ phrases, messages }) => phrases.bye(nameOfUser(messages)),
  greeting: ({ phrases, messages }) => phrases.greeting(nameOfUser(messages)),
  repeat: ({ messages, phrases }) =>
    lastSaid(messages)?.slice(0, MAX_REPEATED).trimEnd() ?? phrases.greeting(undefined),
  goOn: rest,
  another,
};

const isMade = (intent: Intent): intent is keyof typeof MADE => Object.hasOwn(MADE, intent);

const known = (conversation: Conversation, intent: Intent | undefined): string | undefined =>
  intent === undefined ? undefined : isMade(intent) ? MADE[intent](conversation) : byHeart(intent, conversation);

function sum({ text, language, phrases }: Conversation): string | undefined {
  const asked = sumIn(text);
  if (asked === undefined) return undefined;
  const result = spokenNumber(resultOf(asked), language);
  return result && phrases.result(spokenSum(asked, language), result);
}

function spelling({ words, text, messages, pack, phrases }: Conversation): string | undefined {
  const asked = words.match(pack.commands.spell)?.[1];
  if (asked === undefined) return undefined;
  // Accents were folded away, and belong to the word.
  const written = text.split(' ').find((word) => folded(word) === asked) ?? asked;
  const word = asked.includes(' ') ? nameOfUser(messages) : written;
  if (word === undefined) return undefined;
  const letters = [...word.toUpperCase()].filter((letter) => /[\p{L}\p{N}]/u.test(letter));
  const more = letters.length > MAX_SPELLED ? ' …' : '';
  return phrases.spelled(echoOf(word), `${letters.slice(0, MAX_SPELLED).join(', ')}${more}`);
}

function counting({ words, pack, phrases }: Conversation): string | undefined {
  const { count, down, from, to } = pack.commands;
  if (!count.test(words)) return undefined;
  const list = words.split(' ');
  const numberAfter = (names: readonly string[]): number | undefined =>
    list.flatMap((word, at) => (names.includes(word) ? (takeNumber(list.slice(at + 1)) ?? []) : []))[0];
  const isDown = down.test(words);
  const first = Math.trunc(numberAfter(from) ?? (isDown ? 10 : 1));
  const last = Math.trunc(numberAfter(to) ?? (isDown ? 1 : 10));
  const step = last < first ? -1 : 1;
  const length = Math.abs(last - first) + 1;
  const numbers = Array.from({ length: Math.min(length, MAX_COUNT) }, (_, index) => first + index * step);
  return `${numbers.join(', ')}.${length > MAX_COUNT ? ` ${phrases.andSoOn}` : ''}`;
}

function echoed({ heard, pack }: Conversation): string | undefined {
  const words = heard.match(pack.commands.say)?.[1];
  const echo = words === undefined ? '' : echoOf(words, 200);
  if (!/[\p{L}\p{N}]/u.test(echo)) return undefined;
  return /[.!?]$/.test(echo) ? echo : `${echo.replace(/[,-]+$/, '')}.`;
}

function introduced({ heard, phrases }: Conversation): string | undefined {
  const name = nameIn(heard);
  return name === undefined ? undefined : phrases.name(name);
}

/** Answers made of what was said; tried in order, before those known by heart. */
const ASKED = [sum, introduced, echoed, spelling, counting] as const;
/** What is asked for in so many words, whatever else could be made of them. */
const FIRST: ReadonlySet<Intent | undefined> = new Set<Intent>(['crisis', 'repeat', 'yourName', 'stop']);

/** The language of the last thing said that has one. */
function languageIn(said: readonly ChatMessage[], tag: string | undefined): OfflineLanguage {
  for (const { content } of said.slice(-MAX_LANGUAGE_TURNS).toReversed()) {
    const language = languageOf(tag, normalized(apostrophes(content.slice(0, MAX_HEARD_LENGTH))));
    if (language !== undefined) return language;
  }
  return 'en';
}

export type OfflineAnswer = { readonly text: string; readonly language: OfflineLanguage };

/** What the offline responder says to the last of the user's messages, and to all before it. */
export function offlineAnswer(messages: readonly ChatMessage[], tag: string | undefined, now: Date): OfflineAnswer {
  const said = messages.filter(({ role }) => role === 'user');
  const heard = apostrophes((said.at(-1)?.content ?? '').slice(0, MAX_HEARD_LENGTH).toWellFormed());
  const text = normalized(heard);
  const words = folded(text);
  const language = languageIn(said, tag);
  const pack = PACKS[language];
  const { phrases } = pack;
  const turn = Math.max(0, said.length - 1);
  const conversation: Conversation = { heard, text, words, language, pack, phrases, messages, turn, now };
  const intent = intentOf(words, language);
  const made = FIRST.has(intent) ? undefined : ASKED.map((answer) => answer(conversation)).find((answer) => answer);
  const answer =
    made ??
    known(conversation, intent) ??
    (language === 'en' ? reflection(heard, turn) : undefined) ??
    phrases.unknown[turn % phrases.unknown.length] ??
    '';
  return { text: answer, language };
}
