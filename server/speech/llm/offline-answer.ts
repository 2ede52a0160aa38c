import type { ChatMessage } from '../providers.ts';
import { type Intent, intentOf, languageOf, normalized } from './offline-intents.ts';
import { NOTICE_STARTS, type OfflineLanguage, PHRASES, type Phrases } from './offline-phrases.ts';
import { echoOf, reflection } from './offline-reflections.ts';
import { resultOf, spokenNumber, spokenSum, sumIn, takeNumber } from './offline-sums.ts';

/** What is looked at of an utterance, in characters. */
const MAX_HEARD_LENGTH = 2000;
const MAX_COUNT = 30;
const MAX_SPELLED = 30;
/** Said again at most: a story is shorter. */
const MAX_REPEATED = 1000;
const NAME =
  /(?:my name is|my name's|call me|mein name ist|ich heiße|ich heisse|je m'appelle|mon nom est|me llamo|mi nombre es) {1,9}([\p{L}\p{M}'-]{1,30})(?: ([\p{L}\p{M}'-]{1,30}))?/iu;
/** A whole utterance with a capital: "I am Bob", not "I am tired". */
const I_AM_NAME =
  /^(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,.!]? )?(?:I am|I'm) (\p{Lu}\p{Ll}{1,29})(?: (\p{Lu}\p{Ll}{1,29}))?[.!]?$/u;
/** "My name is not important". */
const NO_NAME = /^(not|what|nicht|pas|no|a|the|so|when|if|later|back|too|also)$/i;

type Conversation = {
  readonly heard: string;
  readonly text: string;
  readonly language: OfflineLanguage;
  readonly phrases: Phrases;
  readonly messages: readonly ChatMessage[];
  /** How many times the user spoke before. */
  readonly turn: number;
  readonly now: Date;
};

const apostrophes = (text: string): string => text.replace(/[’`´]/g, "'");

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

/** What was said last, without the notice. */
function repeated({ messages, phrases }: Conversation): string {
  const said = lastSaid(messages);
  if (said === undefined) return phrases.greeting(undefined);
  const starts = NOTICE_STARTS.map((start) => said.indexOf(start)).filter((at) => at > 0);
  return said.slice(0, Math.min(MAX_REPEATED, ...starts)).trimEnd();
}

/** The rest of a story, or of anything else known by heart, that was interrupted. */
function rest(conversation: Conversation): string {
  const { messages, phrases } = conversation;
  const said = lastSaid(messages)?.slice(-60);
  for (const whole of said === undefined || said.length < 10 ? [] : [phrases.story, phrases.works]) {
    const at = whole.indexOf(said ?? '');
    const left = at < 0 ? '' : whole.slice(at + (said?.length ?? 0)).trim();
    if (left !== '') return left;
  }
  return phrases.yes;
}

function joke({ messages, phrases, language }: Conversation): string {
  const told = messages
    .slice(0, -1)
    .filter(
      ({ role, content }) =>
        role === 'user' && intentOf(normalized(content.slice(0, MAX_HEARD_LENGTH)), language) === 'joke',
    );
  return phrases.joke[told.length % phrases.joke.length] ?? '';
}

const ANSWERS: Readonly<Record<Intent, (conversation: Conversation) => string>> = {
  nothingHeard: ({ phrases }) => phrases.nothingHeard,
  crisis: ({ phrases }) => phrases.crisis,
  yourName: ({ phrases, messages }) => {
    const name = nameOfUser(messages);
    return name === undefined ? phrases.noName : phrases.yourName(name);
  },
  who: ({ phrases }) => phrases.who,
  works: ({ phrases }) => phrases.works,
  how: ({ phrases }) => phrases.how,
  time: ({ phrases, language, now }) =>
    phrases.time(now.toLocaleTimeString(language, { hour: 'numeric', minute: '2-digit' }).replace(/\s/g, ' ')),
  date: ({ phrases, language, now }) =>
    phrases.date(now.toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })),
  story: ({ phrases }) => phrases.story,
  joke,
  thanks: ({ phrases }) => phrases.thanks,
  bye: ({ phrases, messages }) => phrases.bye(nameOfUser(messages)),
  stop: ({ phrases }) => phrases.stop,
  repeat: repeated,
  goOn: rest,
  yes: ({ phrases }) => phrases.yes,
  no: ({ phrases }) => phrases.no,
  greeting: ({ phrases, messages }) => phrases.greeting(nameOfUser(messages)),
};

function sum({ text, language, phrases }: Conversation): string | undefined {
  const asked = sumIn(text);
  if (asked === undefined) return undefined;
  const result = spokenNumber(resultOf(asked), language);
  return result && phrases.result(spokenSum(asked, language), result);
}

function spelling({ text, messages }: Conversation): string | undefined {
  const asked = text.match(/\bspell (?:the word )?(my name\b|[\p{L}\p{M}]+)/u)?.[1];
  const word = asked === 'my name' ? nameOfUser(messages) : asked;
  if (word === undefined) return undefined;
  const letters = [...word.toUpperCase()].filter((letter) => /\p{L}/u.test(letter));
  const more = letters.length > MAX_SPELLED ? ', and so on' : '';
  return `${echoOf(word)} is spelled ${letters.slice(0, MAX_SPELLED).join(', ')}${more}.`;
}

function counting({ text }: Conversation): string | undefined {
  if (!/\bcount\b/.test(text)) return undefined;
  const words = text.split(' ');
  const numberAfter = (word: string): number | undefined =>
    words.includes(word) ? takeNumber(words.slice(words.indexOf(word) + 1)) : undefined;
  const isDown = /\b(down|backwards?)\b/.test(text);
  const from = Math.trunc(numberAfter('from') ?? (isDown ? 10 : 1));
  const to = Math.trunc(numberAfter('to') ?? numberAfter('until') ?? (isDown ? 1 : 10));
  const step = to < from ? -1 : 1;
  const length = Math.min(Math.abs(to - from) + 1, MAX_COUNT);
  const numbers = Array.from({ length }, (_, index) => from + index * step);
  const more = Math.abs(to - from) + 1 > MAX_COUNT ? ' And so on; that is enough for now.' : '';
  return `${numbers.join(', ')}.${more}`;
}

function echoed({ heard }: Conversation): string | undefined {
  const words = heard.match(/^\s*(?:please\s+)?(?:repeat after me|say)\b[\s:,]+(.+)/is)?.[1];
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

const known = (conversation: Conversation, intent: Intent | undefined): string | undefined =>
  intent === undefined ? undefined : ANSWERS[intent](conversation);

/** What the offline responder says to the last of the user's messages, and to all before it. */
export function offlineAnswer(messages: readonly ChatMessage[], tag: string | undefined, now: Date): string {
  const said = messages.filter(({ role }) => role === 'user');
  const heard = apostrophes((said.at(-1)?.content ?? '').slice(0, MAX_HEARD_LENGTH).toWellFormed());
  const text = normalized(heard);
  const language = languageOf(tag, text);
  const phrases = PHRASES[language];
  const turn = Math.max(0, said.length - 1);
  const conversation: Conversation = { heard, text, language, phrases, messages, turn, now };
  const intent = intentOf(text, language);
  const isAsked = intent === 'crisis' || intent === 'repeat' || intent === 'yourName' || intent === 'stop';
  const answer =
    (isAsked ? undefined : ASKED.map((answer) => answer(conversation)).find((said) => said !== undefined)) ??
    known(conversation, intent) ??
    (language === 'en' ? reflection(heard, turn) : undefined) ??
    phrases.unknown[turn % phrases.unknown.length] ??
    '';
  // Somebody who wants quiet, or help, hears of it another time.
  const isTold = messages.some(
    ({ role, content }) => role === 'assistant' && NOTICE_STARTS.some((start) => content.includes(start)),
  );
  return isTold || intent === 'stop' || intent === 'crisis' ? answer : `${answer} ${phrases.notice}`;
}
