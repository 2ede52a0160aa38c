/** Languages that the embedded responder answers in. */
export type OfflineLanguage = 'en' | 'de' | 'fr' | 'es' | 'it';

/** What is answered by heart, with nothing of what was asked in it. */
export type Topic =
  | 'nothingHeard'
  | 'crisis'
  | 'stop'
  | 'who'
  | 'real'
  | 'made'
  | 'can'
  | 'works'
  | 'stream'
  | 'old'
  | 'where'
  | 'languages'
  | 'hearing'
  | 'model'
  | 'how'
  | 'sky'
  | 'rainbow'
  | 'weather'
  | 'news'
  | 'meaning'
  | 'love'
  | 'sad'
  | 'bored'
  | 'poem'
  | 'song'
  | 'story'
  | 'joke'
  | 'riddle'
  | 'fact'
  | 'compliment'
  | 'insult'
  | 'thanks'
  | 'yes'
  | 'no';

/** What is asked for. The others are made of the conversation, or of the clock. */
export type Intent = Topic | 'goOn' | 'another' | 'yourName' | 'repeat' | 'time' | 'date' | 'bye' | 'greeting';

/** What is said in one language. Of several answers to a topic, one is given after the other. */
export type Phrases = Readonly<Record<Topic, readonly string[]>> & {
  readonly greeting: (name: string | undefined) => string;
  readonly name: (name: string) => string;
  readonly yourName: (name: string) => string;
  readonly noName: string;
  readonly time: (time: string) => string;
  readonly date: (date: string) => string;
  readonly bye: (name: string | undefined) => string;
  readonly result: (question: string, result: string) => string;
  readonly spelled: (word: string, letters: string) => string;
  readonly andSoOn: string;
  readonly unknown: readonly string[];
};

export type LanguagePack = {
  /**
   * Tried in order on folded text (`folded`). What is asked goes before how it is begun: "hi, who are you" is a question.
   */
  readonly rules: readonly (readonly [Intent, RegExp])[];
  readonly phrases: Phrases;
  /** In folded text: `spell`, `count`, `down` and `say` ask for that, the words behind them say what. */
  readonly commands: {
    readonly spell: RegExp;
    readonly count: RegExp;
    readonly down: RegExp;
    readonly from: readonly string[];
    readonly to: readonly string[];
    /** On the utterance as it was said. */
    readonly say: RegExp;
  };
  /** Words that tell the language where one of them begins or asks: in folded text. */
  readonly telltales: RegExp;
};

export const named = (before: string, name: string | undefined, after: string): string =>
  `${before}${name === undefined ? '' : `, ${name}`}${after}`;
