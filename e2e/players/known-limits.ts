import type { StreamKind } from './player.ts';

/** Why a player can not play what is right, and where that can be read: its issue, or its code where nobody made one. */
export type KnownLimit = {
  readonly player: string;
  readonly kind: StreamKind;
  readonly reason: string;
  readonly issue: string;
};

const GSTREAMER_CAPTIONS = {
  player: 'gstreamer',
  reason:
    'adaptivedemux2 counts captions among what must be buffered: between a caption it has and the next one, that is nothing, and it ' +
    'pauses for a second or three with seconds of picture and sound in hand. Without captions it does not',
  issue:
    'demux_update_buffering_locked in https://github.com/GStreamer/gstreamer/blob/main/subprojects/gst-plugins-good/ext/adaptivedemux2/gstadaptivedemux.c',
};

export const KNOWN_LIMITS: readonly KnownLimit[] = [
  { ...GSTREAMER_CAPTIONS, kind: 'live' },
  { ...GSTREAMER_CAPTIONS, kind: 'asap' },
  {
    player: 'native-chromium',
    kind: 'asap',
    reason:
      "Chromium's own player takes a list that grows for live: it passes over EXT-X-START and begins with the last three segments, " +
      'however short, looks for more once in a target duration, and skips all but three when there are more',
    issue:
      'SegmentStream::SetNewPlaylist in https://github.com/chromium/chromium/blob/main/media/formats/hls/segment_stream.cc',
  },
  {
    player: 'native-webkitgtk',
    kind: 'live',
    reason:
      "GStreamer's old hlsdemux counts time from the first segment that is listed, and pictures from the beginning of the stream: " +
      'once the window has moved on, the pictures are never due. WebKitGTK has HLS off for such faults and can not use hlsdemux2',
    issue: 'https://github.com/WebKit/WebKit/pull/8100',
  },
];

export function knownLimit(player: string, kind: StreamKind): KnownLimit | undefined {
  return KNOWN_LIMITS.find((limit) => limit.player === player && limit.kind === kind);
}
