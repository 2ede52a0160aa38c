import type { LatencyMode } from '../engine/latency-target.ts';
import type { PlayerOptions } from '../player.ts';
import type { Autoplay } from '../sound/sound.ts';
import type { Source } from './source.ts';

/** Attributes that change what is played, or how: the source is attached anew. */
export const SOURCE_ATTRIBUTES = ['src', 'session', 'latency', 'start', 'prefer-playback', 'events'] as const;

/** Attributes that take effect at once. */
export const LOOK_ATTRIBUTES = [
  'poster',
  'captions',
  'accent-color',
  'muted',
  'nohotkeys',
  'hotkeys',
  'video-title',
] as const;

type Attributes = Pick<Element, 'getAttribute'>;

/** Absent: when somebody plays it. Empty: with sound, if the browser lets it. */
export function autoplayOf(element: Attributes): Autoplay {
  const value = element.getAttribute('autoplay');
  switch (value) {
    case null:
    case 'false':
      return 'none';
    case 'any':
    case 'muted':
      return value;
    default:
      return 'sound';
  }
}

export function latencyOf(element: Attributes): LatencyMode {
  const value = element.getAttribute('latency');
  return value === 'low' || value === 'safe' ? value : 'balanced';
}

/** Seconds from the start; undefined for `live`, and for what is no number. */
export function startOf(element: Attributes): number | undefined {
  const value = element.getAttribute('start');
  const seconds = value === null || value.trim() === '' ? Number.NaN : Number(value);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}

export function preferOf(element: Attributes): 'mse' | 'native' | undefined {
  const value = element.getAttribute('prefer-playback');
  return value === 'mse' || value === 'native' ? value : undefined;
}

export function setOrRemove(element: Element, name: string, value: string | null): void {
  if (value === null) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value);
  }
}

/** How the attributes want a source to be played. */
export function playbackOptionsOf(element: Attributes, { playlistUrl, session }: Source) {
  const autoplay = autoplayOf(element);
  const [start, prefer] = [startOf(element), preferOf(element)];
  const events = element.getAttribute('events');
  const eventsUrl = events === null ? undefined : events || session?.eventsUrl;
  return {
    src: playlistUrl,
    autoplay,
    preload: autoplay !== 'none',
    captions: element.getAttribute('captions') !== null,
    latency: latencyOf(element),
    ...(start !== undefined && { startPosition: start }),
    ...(prefer !== undefined && { prefer }),
    ...(eventsUrl !== undefined && { eventsUrl }),
    ...(session !== undefined && {
      contentId: session.id,
      tellsSpeech: true,
      interruptUrl: session.interruptUrl,
      reportUrl: session.reportUrl,
    }),
  } satisfies PlayerOptions;
}
