import type { StreamOutput } from '../session/types.ts';
import type { HeldLimits } from './held-limits.ts';
import { HeldRequest, type HoldOptions } from './held-request.ts';
import type { Answer } from './live-answers.ts';

/** Asks whether those who wait can be answered; `undefined`: not yet. */
export type Ask = () => Answer | undefined;

type Group = { readonly ask: Ask; readonly held: Set<HeldRequest> };
type Room = { readonly groups: Map<string, Group>; readonly stop: () => void };

/**
 * Requests that wait for something to be published. One subscription per stream; those who wait for the same are one group, asked
 * once per publication and answered together with the same bytes. Knows nothing of playlists.
 */
export class WaitingRooms {
  readonly #rooms = new Map<StreamOutput, Room>();
  readonly #limits: HeldLimits;

  constructor(limits: HeldLimits) {
    this.#limits = limits;
  }

  /**
   * @param key - The same for requests that wait for the same.
   * @returns False when too many are held already.
   */
  hold(stream: StreamOutput, key: string, ask: Ask, options: HoldOptions): boolean {
    // Admitted first: who is refused must leave nothing, whatever it asked for, and however often.
    const held = HeldRequest.hold(options, this.#limits, (left) => this.#leave(stream, key, left));
    if (held === undefined) return false;
    const { groups } = this.#rooms.get(stream) ?? this.#open(stream);
    const group = groups.get(key) ?? { ask, held: new Set() };
    groups.set(key, group);
    group.held.add(held);
    return true;
  }

  /** Answers all who wait. */
  release(answer: Answer): void {
    for (const { groups } of this.#rooms.values()) {
      for (const group of groups.values()) answerAll(group, answer);
    }
  }

  #open(stream: StreamOutput): Room {
    const groups = new Map<string, Group>();
    const room = { groups, stop: stream.subscribe(() => wake(groups)) };
    this.#rooms.set(stream, room);
    return room;
  }

  #leave(stream: StreamOutput, key: string, held: HeldRequest): void {
    const groups = this.#rooms.get(stream)?.groups;
    const group = groups?.get(key);
    if (groups === undefined || group === undefined) return;
    group.held.delete(held);
    if (group.held.size > 0) return;
    groups.delete(key);
    if (groups.size === 0) this.#close(stream);
  }

  #close(stream: StreamOutput): void {
    this.#rooms.get(stream)?.stop();
    this.#rooms.delete(stream);
  }
}

function wake(groups: Map<string, Group>): void {
  for (const group of [...groups.values()]) {
    const answer = group.ask();
    if (answer !== undefined) answerAll(group, answer);
  }
}

function answerAll({ held }: Group, answer: Answer): void {
  for (const request of [...held]) request.answer(answer);
}
