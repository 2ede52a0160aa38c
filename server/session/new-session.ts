import type { ChunkFields } from './chunk.ts';
import { JOURNAL_VERSION, type OpenRecord, type SavedChunk, type SavedTrack } from './journal/records.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionSettings } from './settings.ts';
import type { ChunkStatus, Preferences } from './types.ts';

/** What the journal of a new session begins with. */
export function openRecord(session: {
  readonly id: string;
  readonly createdAt: Date;
  readonly settings: SessionSettings;
  readonly preferences: Preferences;
  readonly parts: Pick<SessionParts, 'tag' | 'account' | 'silence' | 'filler'>;
  readonly anchorMs: number | undefined;
}): OpenRecord {
  const { id, createdAt, settings, preferences, parts, anchorMs } = session;
  return {
    ...{ t: 'open', version: JOURNAL_VERSION, id, createdMs: createdAt.getTime(), settings, preferences },
    ...(parts.account.owner !== '' && { owner: parts.account.owner }),
    ...{ tag: parts.tag, silence: Buffer.from(parts.silence.data).toString('base64') },
    tracks: savedTracks(parts.filler.init),
    ...(anchorMs !== undefined && { anchorMs }),
  };
}

export function savedTracks(
  tracks: readonly { readonly width: number; readonly height: number; readonly avcC: Uint8Array }[],
): SavedTrack[] {
  return tracks.map(({ width, height, avcC }) => ({ width, height, avcC: Buffer.from(avcC).toString('base64') }));
}

/** A chunk as the journal keeps it, and what its sender is answered. */
export function savedChunk(
  { id, index, place, turn, text, origin }: Omit<ChunkFields, 'acceptedMs'>,
  acceptedMs: number,
  sizeBytes: number,
  key: string | undefined,
): { readonly chunk: SavedChunk; readonly key?: string; readonly answer?: ChunkStatus } {
  const named = { id, index, ...(turn !== undefined && { turn }), ...(text !== undefined && { text }) };
  const saved = origin.kind === 'upload' ? { kind: origin.kind, sizeBytes } : { kind: origin.kind, spec: origin.spec };
  const chunk: SavedChunk = { ...named, place, acceptedMs, origin: saved };
  return { chunk, ...(key !== undefined && { key, answer: { ...named, state: 'accepted' } }) };
}
