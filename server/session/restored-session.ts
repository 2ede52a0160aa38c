import { Chunk, type ChunkOrigin, type Heard } from './chunk.ts';
import type { DeskState } from './chunk-desk.ts';
import type { SavedChunk } from './journal/records.ts';
import type { SavedSession } from './journal/saved-session.ts';
import type { RestoredStream } from './restored-stream.ts';
import type { SegmentStore } from './segment-store.ts';
import type { RemakeRequest } from './session-parts.ts';

/** A session that an earlier server had. */
export type RestoredSession = {
  readonly saved: SavedSession;
  readonly stream: RestoredStream;
};

type RenderOrigin = Extract<ChunkOrigin, { kind: 'render' }>;

export type RestoredChunks = {
  readonly desk: DeskState;
  /** Was on air, and all that can be heard of it is out. */
  readonly over: Chunk | undefined;
  /** Were accepted, but nobody was told. */
  readonly untold: readonly Chunk[];
};

/** The chunks of an earlier server, as they are to be heard from now on. */
export function restoredChunks(
  { queue, events }: SavedSession,
  store: SegmentStore,
  remake: (request: RemakeRequest) => RenderOrigin,
): RestoredChunks {
  const { onAir } = queue;
  const halfHeard = onAir && queue.chunk(onAir.chunk);
  const places = placesOf([...(halfHeard ? [halfHeard] : []), ...queue.waiting]);
  const make = (saved: SavedChunk, heard?: Heard): Chunk =>
    new Chunk({
      id: saved.id,
      index: saved.index,
      place: places(saved),
      turn: saved.turn,
      text: saved.text,
      acceptedMs: saved.acceptedMs,
      origin: originOf(saved, store, remake),
      heard,
    });
  const heard = onAir && { frames: onAir.played, samples: onAir.sample };
  const first = halfHeard && make(halfHeard, heard);
  if (first) first.state = onAir?.failed ? 'failed' : 'published';
  const isOver = onAir !== undefined && (onAir.failed || onAir.played >= onAir.frames);
  const chunks = [...(first && !isOver ? [first] : []), ...queue.waiting.map((saved) => make(saved))];
  const told = new Set(events.flatMap((event) => (event.type === 'chunk.accepted' ? [idOf(event.chunk)] : [])));
  const oldest = events[0]?.seq ?? 0;
  return {
    desk: {
      counts: queue.counts,
      orders: [...queue.orders].map(([turn, order]) => [turn === '' ? undefined : turn, order] as const),
      chunks,
    },
    over: isOver ? first : undefined,
    // Events that are forgotten were told long ago.
    untold: oldest > 1 ? [] : chunks.filter(({ id }) => !told.has(id)),
  };
}

/** Places of chunks in the queue; where the journal has none, turns follow each other as they were first accepted. */
function placesOf(chunks: readonly SavedChunk[]): (chunk: SavedChunk) => number {
  const turns = [...new Set(chunks.map(({ turn }) => turn))];
  return ({ place, turn }) => place ?? turns.indexOf(turn);
}

function originOf(
  { id, index, turn, text, origin }: SavedChunk,
  store: SegmentStore,
  remake: (request: RemakeRequest) => RenderOrigin,
): ChunkOrigin {
  if (origin.kind === 'upload') return { kind: 'upload', path: store.uploadPath(id) };
  // Whoever makes it needs the session, which is not there yet.
  let made: RenderOrigin | undefined;
  const { spec } = origin;
  const make = (): RenderOrigin => {
    made ??= remake({ turn: turn ?? '', index, text: text ?? '', spec, speechPath: store.speechPath(id) });
    return made;
  };
  return { kind: 'render', spec, render: (signal) => make().render(signal), drop: () => made?.drop() };
}

function idOf(chunk: unknown): string {
  return typeof chunk === 'object' && chunk !== null && 'id' in chunk ? String(chunk.id) : '';
}
