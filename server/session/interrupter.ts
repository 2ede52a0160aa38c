import type { Logger } from 'pino';
import type { ChunkDesk } from './chunk-desk.ts';
import type { ChunkFates } from './chunk-fates.ts';
import type { SessionStream } from './session-stream.ts';
import type { Turns } from './turns.ts';
import type { EventType, Interruption } from './types.ts';

export type InterrupterOptions = {
  readonly desk: ChunkDesk;
  readonly stream: SessionStream;
  readonly turns: Turns;
  readonly fates: ChunkFates;
  readonly logger: Logger;
  readonly fps: number;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
};

/** Ends what a session says, at once. */
export class Interrupter {
  readonly #options: InterrupterOptions;
  #count = 0;

  constructor(options: InterrupterOptions) {
    this.#options = options;
  }

  /** Interruptions so far. */
  get count(): number {
    return this.#count;
  }

  /** Interrupts all but these turns, if there is anything else: on air, waiting, or being made. */
  interruptBeside(kept: ReadonlySet<string>): void {
    const { desk, stream, turns } = this.#options;
    const { onAir } = stream;
    const isOnAir = onAir !== undefined && !kept.has(onAir.turn ?? '');
    if (isOnAir || desk.hasBeside(kept) || turns.anyBeside(kept)) this.interrupt(kept);
  }

  /** Cancels all that is being made and drops all that is not published. @param kept - Names of turns that go on. */
  interrupt(kept?: ReadonlySet<string>): Interruption {
    const { desk, stream, turns, fates, emit, logger } = this.#options;
    this.#count += 1;
    // The one that a restart took off the air is cut where it was then.
    const halfHeard = desk.cutHalfHeard();
    const waiting = desk.drop();
    const onAir = stream.onAir ?? halfHeard;
    const named = [...waiting, ...(onAir ? [onAir] : [])].flatMap(({ turn }) => turn ?? []);
    const interrupted = turns.interrupt(named, kept);
    const cut = stream.cut();
    const chunk = cut.chunk ?? halfHeard;
    const said = cut.chunk ? cut.said : halfHeard && stream.heard(halfHeard);
    chunk?.abort.abort();
    const isHeard = said !== undefined;
    if (chunk && !isHeard) desk.takeBack(chunk);
    const dropped = chunk && !isHeard ? [chunk, ...waiting] : waiting;
    const programDateTime = this.#dateOf(cut.at);
    const told = { cutAt: cut.at, programDateTime, turns: interrupted, droppedChunks: dropped.length };
    emit('interrupted', { ...told, ...(chunk && isHeard && { chunk: chunk.status(), said }) });
    logger.info({ ...told, chunk: chunk?.id }, 'interrupted');
    if (chunk && isHeard) fates.finished(chunk, said);
    for (const each of dropped) fates.dropped(each);
    stream.run();
    return { at: cut.at, programDateTime, droppedChunks: dropped.length };
  }

  /** @param at - On the session's timeline, in seconds. */
  #dateOf(at: number): string {
    const { stream, fps } = this.#options;
    return new Date(Math.round(stream.presentationMs(Math.round(at * fps)))).toISOString();
  }
}
