/** The part of the Web Speech API that is used; browsers differ in its name and TypeScript has none. */
type SpeechRecognition = EventTarget & {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  start(): void;
  stop(): void;
  abort(): void;
};
type ResultEvent = Event & {
  readonly results: ArrayLike<ArrayLike<{ readonly transcript: string }> & { readonly isFinal: boolean }>;
};
type RecognitionConstructor = new () => SpeechRecognition;

/** How long a recogniser may think about what it has heard. */
const FINISH_MS = 4_000;
/** Nothing was said, or nobody wants to know any more: no failure. */
const QUIET = ['no-speech', 'aborted'];

/** The recogniser failed; `code` is that of SpeechRecognitionErrorEvent. */
export class RecognitionError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`speech recognition: ${code}`);
    this.name = 'RecognitionError';
    this.code = code;
  }
}

export type Recognition = {
  /** What was said; rejects with RecognitionError. */
  readonly text: Promise<string>;
  /** Hears no more, and makes up its mind. */
  finish(): void;
  cancel(): void;
};

/** The browser's own recogniser; undefined where it has none. */
export function recogniserOf(scope: object): RecognitionConstructor | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = scope as Record<string, RecognitionConstructor | undefined>;
  return SpeechRecognition ?? webkitSpeechRecognition;
}

/** Listens until told to finish. @param onWords - Called with what was understood so far. */
export function recognise(
  Constructor: RecognitionConstructor,
  language: string,
  onWords: (text: string) => void,
): Recognition {
  const recogniser = new Constructor();
  recogniser.lang = language;
  recogniser.continuous = true;
  recogniser.interimResults = true;
  let words = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const text = new Promise<string>((resolve, reject) => {
    recogniser.addEventListener('result', (event) => {
      const { results } = event as ResultEvent;
      words = Array.from(results, (result) => result[0]?.transcript.trim() ?? '')
        .filter(Boolean)
        .join(' ');
      onWords(words);
    });
    recogniser.addEventListener('error', (event) => {
      const { error } = event as Event & { readonly error?: string };
      if (!QUIET.includes(error ?? '')) {
        reject(new RecognitionError(error ?? 'unknown'));
      }
    });
    recogniser.addEventListener('end', () => {
      clearTimeout(timer);
      resolve(words);
    });
  });
  recogniser.start();
  return {
    text,
    finish() {
      recogniser.stop();
      timer = setTimeout(() => recogniser.abort(), FINISH_MS);
    },
    cancel: () => recogniser.abort(),
  };
}
