import { StreamError } from '../../errors.ts';
import { type ProviderName, providerFailure } from '../remote/provider-error.ts';
import { refusalIn } from '../remote/provider-refusal.ts';
import { chatModels, saysItCanNotChat } from './chat-models.ts';

/** Models of a list that are tried for one answer. */
const MAX_TRIED = 8;
/** How long it is remembered that a model can't chat: a server may be given another one of the same name. */
const REMEMBERED_MS = 600_000;
/** Statuses of a model, or of an endpoint for it, that is not there. */
const NOT_THERE: ReadonlySet<number> = new Set([404, 405, 410, 501]);

export type ModelChoiceOptions = {
  /** The model to use, when that is settled. */
  readonly model: string | undefined;
  readonly name: ProviderName;
  /** The server's own list of models. */
  list(connection: AbortSignal): Promise<unknown>;
};

export type ModelForAnswer = {
  /** @throws What asking for the list throws; {StreamError} when the server lists none that can chat. */
  name(connection: AbortSignal): Promise<string>;
  /** The model refused. @returns whether `name` gives another one now, which is worth a try. */
  passOver(error: unknown): boolean;
};

/**
 * Which model of a server to ask: the one that is configured, otherwise the first it lists that really chats. Which one that is stays
 * known, and so does which ones refused.
 */
export class ModelChoice {
  readonly #options: ModelChoiceOptions;
  /** Not tried yet; the first is the one in use. `undefined`: the list is to be asked for. */
  #candidates: string[] | undefined;
  /** Models that can't chat, and until when that is believed. */
  readonly #mute = new Map<string, number>();

  constructor(options: ModelChoiceOptions) {
    this.#options = options;
  }

  /** The models that one answer is asked of, one after the other until one takes the question. */
  forAnswer(): ModelForAnswer {
    const { model } = this.#options;
    let used: string | undefined;
    let tried = 0;
    return {
      name: async (connection) => {
        if (model !== undefined) return model;
        used = await this.#first(connection);
        return used;
      },
      passOver: (error) => {
        if (used === undefined) return false;
        tried += 1;
        return this.#passOver(used, error) && tried < MAX_TRIED;
      },
    };
  }

  async #first(connection: AbortSignal): Promise<string> {
    const { name } = this.#options;
    const isListed = this.#candidates !== undefined;
    const listed = this.#candidates ?? chatModels(await this.#list(connection));
    const candidates = listed.filter((model) => !this.#isMute(model));
    const [first] = candidates;
    if (first !== undefined) {
      this.#candidates = candidates;
      return first;
    }
    this.#candidates = undefined;
    if (isListed) return await this.#first(connection);
    const lists = listed.length === 0 ? 'lists none' : `lists none that can chat (${listed.slice(0, 5).join(', ')})`;
    throw new StreamError(name.failure, `no model is configured, and the server ${lists}: set LLM_MODEL`, {
      kind: 'not_found',
    });
  }

  async #list(connection: AbortSignal): Promise<unknown> {
    const { list, name } = this.#options;
    try {
      return await list(connection);
    } catch (error) {
      // llama.cpp lists nothing while it loads, either.
      if (refusalIn(error)?.againMs(1) !== undefined) throw error;
      const { message, kind } = providerFailure(error, name);
      throw new StreamError(
        name.failure,
        `no model is configured, and the server's list of models can't be had: ${message}`,
        { kind },
      );
    }
  }

  /** @returns whether another model is worth a try. */
  #passOver(model: string, error: unknown): boolean {
    const refusal = refusalIn(error);
    if (refusal === undefined) return false;
    const isMute = saysItCanNotChat(refusal.reason);
    if (isMute) this.#mute.set(model, Date.now() + REMEMBERED_MS);
    else if (!NOT_THERE.has(refusal.status)) return false;
    const others = this.#candidates?.filter((other) => other !== model) ?? [];
    // With none left, the server is asked for its list again: it may have been given another model since.
    this.#candidates = others.length > 0 ? others : undefined;
    return others.length > 0;
  }

  #isMute(model: string): boolean {
    return (this.#mute.get(model) ?? 0) > Date.now();
  }
}
