// The players of `npm run players` that npm cannot bring. Each is a wish: one that is missing is a row of the table that says so.
import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.mjs';
import { offerPackages, typedWithApt } from './system-packages.mjs';

const GSTREAMER_PACKAGES = [
  'gstreamer1.0-tools',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-ugly',
  'gstreamer1.0-libav',
  'gstreamer1.0-gl',
];

/** Plug-ins are packages of their own: the program may be there without what plays HLS with H.264 and AAC. */
const GSTREAMER_ELEMENTS = ['hlsdemux2', 'qtdemux', 'avdec_h264', 'avdec_aac'];

const has = (...names) => names.every((name) => findProgram(name) !== undefined);

function hasGstreamer() {
  const inspector = findProgram('gst-inspect-1.0');
  if (inspector === undefined || !has('gst-launch-1.0')) return false;
  return GSTREAMER_ELEMENTS.every((name) => spawnSync(inspector, ['--exists', name], { stdio: 'ignore' }).status === 0);
}

// WebKitGTK decodes with GStreamer, wants a screen (Xvfb) and a session bus.
const PLAYERS = [
  { name: 'GStreamer', isThere: hasGstreamer, packages: GSTREAMER_PACKAGES },
  { name: 'Firefox', isThere: () => has('firefox-esr') || has('firefox'), packages: ['firefox-esr'] },
  {
    name: 'WebKitGTK',
    isThere: () => has('WebKitWebDriver', 'Xvfb', 'dbus-run-session'),
    packages: ['webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'xvfb', 'dbus-daemon', ...GSTREAMER_PACKAGES],
  },
  { name: 'VLC', isThere: () => has('cvlc'), packages: ['vlc-bin', 'vlc-plugin-base'] },
  { name: 'mpv', isThere: () => has('mpv'), packages: ['mpv'] },
  { name: 'Streamlink', isThere: () => has('streamlink'), packages: ['streamlink'] },
];

function missingPlayers() {
  return PLAYERS.filter(({ isThere }) => !isThere());
}

/** Installs the players that are missing, or says what to type; it never fails the set-up. */
export function offerPlayers() {
  const wanted = missingPlayers();
  if (wanted.length === 0) return;
  offerPackages(wanted);
  const missing = missingPlayers();
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  const packages = [...new Set(missing.flatMap((player) => player.packages))];
  process.stdout.write(`setup: going on without ${names}; on Debian, type: ${typedWithApt(packages)}\n`);
}
