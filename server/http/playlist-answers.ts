import { StreamError } from '../errors.ts';
import { renderMediaPlaylist } from '../playlist/media-playlist.ts';
import { renderMultivariantPlaylist } from '../playlist/multivariant-playlist.ts';
import type { MediaPlaylist } from '../playlist/types.ts';
import type { StreamOutput } from '../session/types.ts';
import type { DeliveryDirectives } from './delivery-directives.ts';
import { EncodedText } from './encoded-text.ts';
import { type Answer, answerProblem, answerText, PLAYLIST_HEADERS } from './live-answers.ts';
import { problem } from './problem.ts';
import { judgeReload } from './reload-verdict.ts';

type Answers = { full?: Answer; delta?: Answer };

/** Each version of a playlist is a new object: its text is made once, and goes with it. */
const mediaAnswers = new WeakMap<MediaPlaylist, Answers>();
const multivariantAnswers = new WeakMap<StreamOutput, { text: string; answer: Answer }>();

export const NO_SESSION = answerProblem(problem('SESSION_NOT_FOUND', 'no such session'));
const NO_RENDITION = answerProblem(problem('NOT_FOUND', 'no such rendition'));
const NOT_READY = answerProblem(problem('PLAYLIST_NOT_READY', 'nothing is published yet'));
const STALLED = answerProblem(
  problem('PLAYLIST_STALLED', 'what was asked for was not published within three target durations'),
);

/** @throws {StreamError} `PLAYLIST_INVALID`, `SEGMENT_TOO_LONG`. */
function mediaAnswer(playlist: MediaPlaylist, skip: boolean): Answer {
  let answers = mediaAnswers.get(playlist);
  if (answers === undefined) {
    answers = {};
    mediaAnswers.set(playlist, answers);
  }
  if (skip && playlist.canSkipUntil !== undefined && !playlist.ended) {
    answers.delta ??= answerText(new EncodedText(renderMediaPlaylist(playlist, { skip: true }), PLAYLIST_HEADERS));
    return answers.delta;
  }
  answers.full ??= answerText(new EncodedText(renderMediaPlaylist(playlist), PLAYLIST_HEADERS));
  return answers.full;
}

/**
 * The answer to a media playlist request as things stand; `undefined`: it is to wait.
 *
 * @throws {StreamError} `REQUEST_INVALID` for what is too far ahead, and what `renderMediaPlaylist` throws.
 */
export function askMediaPlaylist(
  output: StreamOutput,
  rendition: string,
  directives: DeliveryDirectives,
): Answer | undefined {
  if (output.closed) return NO_SESSION;
  const playlist = output.playlist(rendition);
  if (playlist === undefined) return NO_RENDITION;
  const verdict = judgeReload(playlist, directives);
  if (verdict === 'wait') return undefined;
  if (verdict === 'ready') return mediaAnswer(playlist, directives.skip);
  const { msn, part } = directives;
  throw new StreamError(
    'REQUEST_INVALID',
    `media sequence number ${msn}${part === undefined ? '' : `, part ${part}`} is too far ahead to wait for`,
  );
}

/** The answer to a media playlist request that has waited long enough. */
export function expiredMediaPlaylist(output: StreamOutput, rendition: string, directives: DeliveryDirectives): Answer {
  if (output.closed) return NO_SESSION;
  // RFC 8216bis 6.2.5.2: 503 after three target durations, never an unchanged playlist.
  if (directives.msn !== undefined) return STALLED;
  const playlist = output.playlist(rendition);
  return playlist === undefined || playlist.segments.length === 0 ? NOT_READY : mediaAnswer(playlist, directives.skip);
}

/** The answer to a multivariant playlist request as things stand; `undefined`: it is to wait. */
export function askMultivariantPlaylist(output: StreamOutput): Answer | undefined {
  if (output.closed) return NO_SESSION;
  const variants = output.variants();
  if (variants.length === 0) return undefined;
  const text = renderMultivariantPlaylist(variants, output.subtitles());
  const known = multivariantAnswers.get(output);
  if (known?.text === text) return known.answer;
  const answer = answerText(new EncodedText(text, PLAYLIST_HEADERS));
  multivariantAnswers.set(output, { text, answer });
  return answer;
}

export function expiredMultivariantPlaylist(output: StreamOutput): Answer {
  return output.closed ? NO_SESSION : NOT_READY;
}
