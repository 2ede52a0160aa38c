import { expect, test } from 'vitest';
import { ffmpegWarnings, progressFrames } from './ffmpeg.ts';
import { gstreamerComplaints, pictureTime } from './gstreamer.ts';
import { countedPictures, countedSamples, mpvComplaints } from './mpv.ts';
import { countRepeats } from './program.ts';
import { streamlinkWarnings } from './streamlink.ts';
import { decodedOnce, type VlcStats, vlcErrors, withStatsLine } from './vlc.ts';

// What the programs of Debian 12 printed.

test('reads ffmpeg 5.1: progress, and the warnings that matter', () => {
  expect(['frame=407', 'frame= 12', 'fps=0.00', 'drop_frames=0', 'progress=end'].map(progressFrames)).toEqual([
    407,
    12,
    undefined,
    undefined,
    undefined,
  ]);
  const harmless = `[hls @ 0x56161c87f900] Can't support the subtitle(uri: subs/stream.m3u8)
[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5646afc2c840] Found duplicated MOOV Atom. Skipped it
    Last message repeated 3 times
`;
  expect(ffmpegWarnings(harmless)).toEqual([]);
  const missing = `[http @ 0x5620443d9ac0] HTTP error 404 File not found
[hls @ 0x562043f73a00] Failed to open segment 3 of playlist 0
[hls @ 0x562043f73a00] Failed to open segment 3 of playlist 0
`;
  expect(ffmpegWarnings(harmless + missing)).toEqual([
    'HTTP error 404 File not found',
    'Failed to open segment 3 of playlist 0 (2 times)',
  ]);
});

test('reads GStreamer 1.22: one line a picture, and what it complains of', () => {
  expect(pictureTime('0:00:16.240000000 eaae5a0f16c9b5b74f4f5202e1b9a548367855e6')).toBe(16.24);
  expect(pictureTime('1:02:03.040000000 eaae5a0f16c9b5b74f4f5202e1b9a548367855e6')).toBeCloseTo(3723.04, 6);
  for (const line of ['Redistribute latency...', 'buffering... 0%  ', 'Execution ended after 0:00:00.828044047'])
    expect(pictureTime(line)).toBeUndefined();
  const stderr = `ERROR: from element /GstPlayBin3:playbin3-0/GstURIDecodeBin3:uridecodebin3/GstURISourceBin:urisourcebin0/GstSoupHTTPSrc:souphttpsrc0: Not Found
Additional debug info:
../ext/soup/gstsouphttpsrc.c(1683): gst_soup_http_src_parse_status (): /GstPlayBin3:playbin3-0/GstURIDecodeBin3:uridecodebin3:
Not Found (404), URL: http://127.0.0.1:33953/live/nosuch/index.m3u8, Redirect to: (NULL)
ERROR: pipeline doesn't want to preroll.
WARNING: from element /GstPlayBin3:playbin3-0/GstPlaySink:playsink: No volume control found
ERROR: pipeline doesn't want to preroll.
`;
  expect(gstreamerComplaints(stderr)).toEqual({
    errors: ['Not Found', "pipeline doesn't want to preroll. (2 times)"],
    warnings: [],
  });
  expect(gstreamerComplaints('')).toEqual({ errors: [], warnings: [] });
});

test('reads VLC 3.0: its statistics, that count every picture twice, and the errors of what it plays', () => {
  const answer = `> +----[ begin of statistical info
+-[Incoming]
| input bytes read :        0 KiB
| demux bytes read :     1245 KiB
| demux corrupted  :        0
| discontinuities  :        0
|
+-[Video Decoding]
| video decoded    :      815
| frames displayed :      379
| frames lost      :        2
|
+-[Audio Decoding]
| audio decoded    :     1528\r
| buffers played   :      763
| buffers lost     :        0
+----[ end of statistical info ]`;
  const none: VlcStats = {
    ...{ decodedVideo: 0, displayed: 0, lostFrames: 0, decodedAudio: 0 },
    ...{ playedBuffers: 0, lostBuffers: 0, corrupted: 0 },
  };
  expect(answer.split('\n').reduce(withStatsLine, none)).toEqual({
    ...{ decodedVideo: 815, displayed: 379, lostFrames: 2, decodedAudio: 1528 },
    ...{ playedBuffers: 763, lostBuffers: 0, corrupted: 0 },
  });
  expect([815, 1528].map(decodedOnce)).toEqual([407, 764]);
  const stderr = `[00005570f403a430] dbus interface error: Failed to connect to the D-Bus session daemon
[00005570f3f75cd0] main libvlc error: interface "dbus,none" initialization failed
[00007fdb04001620] access stream error: HTTP 404 error
[00007fdb00000c90] main input error: Your input can't be opened
[00007f76d0017e50] adaptive demux: Changing stream format Unknown -> MP4
`;
  expect(vlcErrors(stderr)).toEqual([
    'access stream error: HTTP 404 error',
    "main input error: Your input can't be opened",
  ]);
});

test('reads mpv 0.35: what its counting filters saw, and its log', () => {
  const pictures = {
    'lavfi.idet.repeated.current_frame': 'neither',
    'lavfi.idet.repeated.neither': '404.00',
    'lavfi.idet.repeated.top': '2.00',
    'lavfi.idet.repeated.bottom': '1.00',
    'lavfi.idet.single.undetermined': '398.00',
  };
  expect(countedPictures(pictures)).toBe(407);
  expect(countedSamples({ 'lavfi.astats.Overall.Number_of_samples': '782336.000000' })).toBe(782_336);
  // A player that never got that far has none.
  expect([countedPictures(undefined), countedSamples(undefined)]).toEqual([0, 0]);
  const log = `[ffmpeg/demuxer] hls: Can't support the subtitle(uri: subs/stream.m3u8)
[ffmpeg/demuxer] mov,mp4,m4a,3gp,3g2,mj2: Found duplicated MOOV Atom. Skipped it
[ffmpeg] http: HTTP error 404 Not Found
Failed to open http://127.0.0.1:33953/live/nosuch/index.m3u8.
`;
  expect(mpvComplaints(log)).toEqual(['[ffmpeg] http: HTTP error 404 Not Found']);
});

test('reads Streamlink 5.2: its warnings', () => {
  const stderr = `[cli][info] streamlink is running as root! Be careful!
[stream.hls][error] Failed to fetch segment 3: Unable to open URL: http://127.0.0.1:18790/x3.m4s (404 Client Error: File not found)
`;
  expect(streamlinkWarnings(stderr)).toEqual([
    'Failed to fetch segment 3: Unable to open URL: http://127.0.0.1:18790/x3.m4s (404 Client Error: File not found)',
  ]);
});

test('tells a line that comes again once, with how often', () => {
  expect(countRepeats(['a', 'b', 'a', 'a'])).toEqual(['a (3 times)', 'b']);
});
