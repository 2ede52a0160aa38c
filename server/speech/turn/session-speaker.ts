import { StreamError } from '../../errors.ts';
import { IdempotencyKeys } from '../../session/idempotency.ts';
import type { Sessions } from '../../session/registry.ts';
import type { Session } from '../../session/session.ts';
import type { ChunkStatus, SayRequest, SessionHandle, Speaker } from '../../session/types.ts';
import type { ClipSource, TurnSpeaker } from './speaker.ts';

type Said = { readonly turn: string; readonly chunks: readonly ChunkStatus[] };

/** Speaks into sessions: the `say` of the API. */
export class SessionSpeaker implements Speaker {
  readonly #speaker: TurnSpeaker;
  readonly #sessions: Pick<Sessions, 'get'>;
  readonly #keys = new WeakMap<Session, IdempotencyKeys<Said>>();

  constructor(speaker: TurnSpeaker, sessions: Pick<Sessions, 'get'>) {
    this.#speaker = speaker;
    this.#sessions = sessions;
  }

  async say(handle: SessionHandle, request: SayRequest): Promise<Said> {
    const session = this.#sessions.get(handle.id);
    if (!session) throw new StreamError('SESSION_NOT_FOUND', `there is no session ${handle.id}`);
    let keys = this.#keys.get(session);
    if (!keys) {
      keys = new IdempotencyKeys();
      this.#keys.set(session, keys);
    }
    return await keys.once(request.idempotencyKey, () => this.#say(session, request));
  }

  async #say(session: Session, request: SayRequest): Promise<Said> {
    const { text, voice, language, turn } = request;
    const appended: ChunkStatus[] = [];
    const appendClip = (clip: ClipSource): ChunkStatus => {
      const status = session.appendClip({ text: clip.text, turn: clip.turn, origin: { ...clip, kind: 'render' } });
      appended.push(status);
      return status;
    };
    const options = {
      text,
      ...(voice !== undefined && { voice }),
      ...(language !== undefined && { language }),
      ...(turn !== undefined && { turn }),
      picture: session.settings.profile,
    };
    try {
      return await this.#speaker.say({ appendClip }, options);
    } finally {
      // A full queue may refuse the rest of a text: what was accepted is spoken, and its turn has an end.
      const spoken = appended[0]?.turn;
      if (spoken !== undefined) session.completeTurn(spoken, appended);
    }
  }
}
