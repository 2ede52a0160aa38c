import type { Connection } from '../engine/playback.ts';

/**
 * What a viewer sees: `idle`: nothing was asked to play yet; `loading`: it was, and nothing is on screen; `waiting`: it stands still
 * for want of media; `reconnecting`, `recovering`, `gone`, `unplayable`: nothing to show, for that reason.
 */
export type PlayerState =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'paused'
  | 'waiting'
  | 'reconnecting'
  | 'recovering'
  | 'gone'
  | 'unplayable'
  | 'ended';

/** What is looked at. */
export type Look = {
  readonly hasSource: boolean;
  /** A frame was on screen since the source was set. */
  readonly hasPlayed: boolean;
  readonly paused: boolean;
  readonly ended: boolean;
  /** As of media elements, or less while playback is held to gather media. */
  readonly readyState: number;
  readonly connection: Connection;
};

const HAVE_FUTURE_DATA = 3;

/** Trouble is none as long as there is something to show. */
export function stateOf({ hasSource, hasPlayed, paused, ended, readyState, connection }: Look): PlayerState {
  if (ended) {
    return 'ended';
  }
  if (!hasSource) {
    return 'idle';
  }
  if (connection === 'unplayable') {
    return 'unplayable';
  }
  if (readyState >= HAVE_FUTURE_DATA) {
    return paused ? (hasPlayed ? 'paused' : 'idle') : 'playing';
  }
  if (connection !== 'ok') {
    return connection;
  }
  if (paused) {
    return hasPlayed ? 'paused' : 'idle';
  }
  return hasPlayed ? 'waiting' : 'loading';
}

/** What is said over the picture; an empty text: nothing. @param isOnline - The browser has a network, as far as it knows. */
export function noticeOf(state: PlayerState, isOnline: boolean): string {
  return state === 'reconnecting' && !isOnline ? 'You are offline.' : NOTICES[state];
}

const NOTICES: Readonly<Record<PlayerState, string>> = {
  idle: '',
  loading: '',
  playing: '',
  paused: '',
  waiting: '',
  reconnecting: 'Reconnecting…',
  recovering: 'Starting again…',
  gone: 'This stream is not available.',
  unplayable: 'This browser can’t play this stream.',
  ended: 'The stream has ended.',
};

/** Said for a moment when playback goes on after something was lost, or late. @param seconds - Missed, or behind the live edge. */
export function missedNotice(seconds: number): string {
  return `${duration(seconds)} of the stream ${seconds < 1.5 ? 'was' : 'were'} missed.`;
}

export function behindNotice(seconds: number): string {
  return `Back, ${duration(seconds)} behind live.`;
}

function duration(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 90) {
    return whole === 1 ? 'A second' : `${whole} seconds`;
  }
  const minutes = Math.round(whole / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
