/** "One moment, please.", by primary language subtag: those that voices here speak, and some more. */
const ONE_MOMENT: Readonly<Record<string, string>> = {
  ar: 'لحظة من فضلك.',
  bg: 'Един момент, моля.',
  ca: 'Un moment, si us plau.',
  cs: 'Okamžik, prosím.',
  da: 'Et øjeblik.',
  de: 'Einen Moment, bitte.',
  el: 'Μια στιγμή, παρακαλώ.',
  en: 'One moment, please.',
  es: 'Un momento, por favor.',
  fi: 'Hetkinen.',
  fr: 'Un instant, s’il vous plaît.',
  he: 'רגע, בבקשה.',
  hi: 'एक क्षण, कृपया।',
  hr: 'Trenutak, molim.',
  hu: 'Egy pillanat.',
  id: 'Tunggu sebentar.',
  it: 'Un momento, per favore.',
  ja: '少々お待ちください。',
  ko: '잠시만요.',
  nb: 'Et øyeblikk.',
  nl: 'Een moment, alstublieft.',
  nn: 'Eit augeblikk.',
  no: 'Et øyeblikk.',
  pl: 'Chwileczkę.',
  pt: 'Um momento, por favor.',
  ro: 'Un moment, vă rog.',
  ru: 'Одну минуту, пожалуйста.',
  sk: 'Okamih, prosím.',
  sv: 'Ett ögonblick.',
  tr: 'Bir dakika, lütfen.',
  uk: 'Хвилинку, будь ласка.',
  vi: 'Xin chờ một chút.',
  zh: '请稍等。',
};

/** What is said while an answer takes its time, unless the operator says otherwise; English where the language is not known. */
export function holdingPhrase(language: string | undefined, own?: string): string {
  const primary = language?.split('-')[0]?.toLowerCase() ?? 'en';
  return own ?? ONE_MOMENT[primary] ?? 'One moment, please.';
}

/**
 * What was said in a turn, for the model: a phrase at its beginning that it did not write would be taken for its habit.
 *
 * @param interrupted - Then it may be the first words of the phrase only.
 */
export function withoutHoldingPhrase(said: string, interrupted: boolean, own?: string): string {
  const phrases = own === undefined ? Object.values(ONE_MOMENT) : [own];
  for (const phrase of phrases) {
    if (said.startsWith(`${phrase} `)) return said.slice(phrase.length + 1);
    if (said === phrase || (interrupted && phrase.startsWith(said))) return '';
  }
  return said;
}

/** Between two looks whether it is quiet. */
const LOOK_MS = 1000;

export type LateOptions = {
  /** From the start to the moment when it is late. */
  readonly afterMs: number;
  readonly signal: AbortSignal;
  /** Nothing is heard, nor waits to be: what is said now is heard now. */
  isQuiet(): boolean;
  onLate(): void;
};

/** Notices, once, that something takes long while everybody listens to nothing. */
export class LateWatch {
  readonly #options: LateOptions;
  #timer: NodeJS.Timeout | undefined;

  /** It is watched from now on. @param options - `afterMs` 0: never late. */
  constructor(options: LateOptions) {
    this.#options = options;
    if (options.afterMs > 0) this.#arm(options.afterMs);
  }

  /** It is over. Idempotent. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const { signal, isQuiet, onLate } = this.#options;
      if (signal.aborted) return;
      if (isQuiet()) onLate();
      else this.#arm(LOOK_MS);
    }, ms);
  }
}
