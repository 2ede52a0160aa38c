import { type Recognition, RecognitionError, recognise, recogniserOf } from './recogniser.ts';
import { type Recording, record } from './recorder.ts';

/** What somebody said: understood by the browser, or for the server to understand. */
export type Heard = string | Blob;

/** Why nothing can be heard, in words for the person who wants to talk. */
export class ListeningError extends Error {
  override readonly name = 'ListeningError';
}

export type ListenerOptions = {
  /** Why the server understands no speech; undefined when it does. */
  readonly serverDeaf: () => string | undefined;
  readonly language: () => string;
};

export type Listening = {
  /** Undefined: nothing was said. @throws {ListeningError} */
  finish(): Promise<Heard | undefined>;
  cancel(): void;
};

/** The recogniser is there but does not work here: not the listener's fault, and no better the next time. */
const BROKEN = ['network', 'service-not-allowed', 'language-not-supported', 'bad-grammar'];
/** Shorter is a slip of the finger, in milliseconds. */
const MIN_RECORDING_MS = 250;

/** Listens by the browser's own recogniser where there is one and it works, else records for the server. */
export class Listener {
  readonly #options: ListenerOptions;
  #recogniserBroken = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /**
   * @param onWords - Called with what was understood so far.
   * @param onFailure - Called when it turns out, while one talks, that nothing is heard.
   * @throws {ListeningError}
   */
  async start(onWords: (text: string) => void, onFailure: (error: ListeningError) => void): Promise<Listening> {
    if (!isSecureContext || navigator.mediaDevices === undefined) {
      throw new ListeningError('The microphone works on https:// and localhost only. You can type instead.');
    }
    const Recogniser = this.#recogniserBroken ? undefined : recogniserOf(globalThis);
    if (Recogniser === undefined) {
      return this.#record();
    }
    return this.#recognise(recognise(Recogniser, this.#options.language(), onWords), onFailure);
  }

  #recognise(recognition: Recognition, onFailure: (error: ListeningError) => void): Listening {
    let instead: Promise<Listening> | undefined;
    // Settles at once when the recogniser does not work: the rest of what is said is recorded.
    const text = recognition.text.catch((error: unknown) => {
      if (!(error instanceof RecognitionError) || !BROKEN.includes(error.code)) {
        const failure = inWords(error);
        onFailure(failure);
        throw failure;
      }
      this.#recogniserBroken = true;
      instead = this.#record();
      instead.catch(onFailure);
      return undefined;
    });
    text.catch(() => undefined); // finish() tells
    return {
      finish: async () => {
        recognition.finish();
        const words = await text;
        return instead === undefined ? words || undefined : (await instead).finish();
      },
      cancel() {
        recognition.cancel();
        void instead?.then(
          (recording) => recording.cancel(),
          () => undefined,
        );
      },
    };
  }

  async #record(): Promise<Listening> {
    const deaf = this.#options.serverDeaf();
    if (deaf !== undefined) {
      const own = this.#recogniserBroken
        ? 'This browser’s speech recognition does not answer'
        : 'This browser has no speech recognition';
      throw new ListeningError(`${own}, and the server has none either: ${deaf}`);
    }
    let recording: Recording;
    try {
      recording = await record();
    } catch (error) {
      throw inWords(error);
    }
    const startedMs = performance.now();
    return {
      async finish() {
        const isSlip = performance.now() - startedMs < MIN_RECORDING_MS;
        const blob = await recording.finish();
        return isSlip || blob.size === 0 ? undefined : blob;
      },
      cancel: () => recording.cancel(),
    };
  }
}

/** What went wrong, and what to do. */
export function inWords(error: unknown): ListeningError {
  const code = error instanceof RecognitionError ? error.code : error instanceof DOMException ? error.name : '';
  switch (code) {
    case 'not-allowed':
    case 'NotAllowedError':
      return new ListeningError(
        'The microphone is blocked for this page. Allow it in the address bar, then try again.',
      );
    case 'audio-capture':
    case 'NotFoundError':
      return new ListeningError('No microphone was found. You can type instead.');
    case 'NotReadableError':
      return new ListeningError('The microphone is in use by something else.');
    default:
      return new ListeningError(`Could not listen: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
  }
}
