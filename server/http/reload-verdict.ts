import type { MediaPlaylist } from '../playlist/types.ts';
import type { DeliveryDirectives } from './delivery-directives.ts';

/** Chromium's own HLS demuxer gives up on a live playlist that starts with fewer segments. */
const FIRST_PLAYLIST_SEGMENTS = 3;

/** `beyond`: asks for what is too far ahead to wait for. */
export type ReloadVerdict = 'ready' | 'wait' | 'beyond';

/** Whether a playlist answers a request now, is to be waited for, or never will in time. */
export function judgeReload(playlist: MediaPlaylist, directives: DeliveryDirectives): ReloadVerdict {
  // RFC 8216bis 6.2.5.2: directives are ignored once the playlist has ended.
  if (playlist.ended) return 'ready';
  if (directives.msn === undefined) return playlist.segments.length >= FIRST_PLAYLIST_SEGMENTS ? 'ready' : 'wait';
  const lastMsn = playlist.mediaSequence + playlist.segments.length - 1;
  // RFC 8216bis 6.2.5.2: more than two segments ahead is a bad request.
  if (directives.msn > lastMsn + 2) return 'beyond';
  // A stream that leapt over a restart begins anew: a playlist without segments is none.
  if (playlist.segments.length === 0 && directives.msn <= lastMsn) return 'wait';
  if (directives.part === undefined || playlist.partTarget === undefined)
    return directives.msn <= lastMsn ? 'ready' : 'wait';
  return judgePart(playlist, lastMsn, directives.msn, directives.part);
}

function judgePart(playlist: MediaPlaylist, lastMsn: number, msn: number, part: number): ReloadVerdict {
  if (msn < lastMsn) return 'ready';
  if (msn === lastMsn) {
    if (part < (playlist.segments.at(-1)?.parts.length ?? 0)) return 'ready';
    // RFC 8216bis 6.2.5.2: a part past the end of its parent is the first one of the next segment.
    return judgePart(playlist, lastMsn, lastMsn + 1, 0);
  }
  const published = msn === lastMsn + 1 ? (playlist.open?.parts.length ?? 0) : 0;
  if (part < published) return 'ready';
  return part - (published - 1) > advancePartLimit(playlist.partTarget ?? 1) ? 'beyond' : 'wait';
}

/** RFC 8216bis 6.2.5.2: three seconds of parts when they are shorter than one second, else three. */
function advancePartLimit(partTarget: number): number {
  return partTarget < 1 ? Math.ceil(3 / partTarget) : 3;
}
