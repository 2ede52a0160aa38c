import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } },
};

/** A project of its own with the real set-up scripts, and the only folder on PATH. */
let project: string;
let programs: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'setup-'));
  programs = join(project, 'programs');
  await cp(import.meta.dirname, join(project, 'scripts'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  await mkdir(join(project, 'node_modules/.bin'), { recursive: true });
  await mkdir(programs);
  await writeFile(join(project, 'package-lock.json'), JSON.stringify(LOCK));
  await writeProgram('../node_modules/.bin/node', 'exit 0');
  await noteInstalled({ 'node_modules/a': { version: '1.0.0' } });
});
afterEach(() => rm(project, { recursive: true, force: true }));

async function writeProgram(name: string, script: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(programs, name), 0o755);
}

async function noteInstalled(packages: object): Promise<void> {
  await writeFile(join(project, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

async function runSetup(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const script = join(project, 'scripts/setup.mjs');
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env: { PATH: programs, ...env } }, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

test('says nothing and does nothing when nothing is missing', async () => {
  for (const name of ['ffmpeg', 'ffprobe', 'chromium', 'espeak-ng']) await writeProgram(name, 'exit 9');
  expect(await runSetup(['--tests'])).toEqual({ code: 0, output: '' });
});

test('runs npm ci when an installed package differs from the lock file, and says so in one line', async () => {
  for (const name of ['ffmpeg', 'ffprobe']) await writeProgram(name, 'exit 9');
  await writeProgram('npm', `echo "$@" > ${project}/npm-args`);
  await noteInstalled({ 'node_modules/a': { version: '0.9.0' } });
  const { code, output } = await runSetup();
  expect(code).toBe(0);
  expect(output).toMatch(/^setup: installing packages \(npm ci\) \.\.\. \d+ s\n$/);
  expect(await readFile(join(project, 'npm-args'), 'utf8')).toBe('ci --no-audit --no-fund --loglevel=error\n');
});

test('says what to do when ffmpeg is missing and there is no package manager', async () => {
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('setup: ffmpeg missing: install it, or set FFMPEG_PATH');
});

test('refuses a FFMPEG_PATH that leads nowhere, whatever is on PATH', async () => {
  for (const name of ['ffmpeg', 'ffprobe']) await writeProgram(name, 'exit 9');
  const { code, output } = await runSetup([], { FFMPEG_PATH: '/nowhere/ffmpeg' });
  expect({ code, output }).toEqual({
    code: 1,
    output: "setup: FFMPEG_PATH must be the path of a program, got '/nowhere/ffmpeg'\n",
  });
});

test.runIf(process.getuid?.() === 0)(
  'installs what is missing, updating the lists first, and goes on without a voice',
  async () => {
    await writeProgram(
      'apt-get',
      `echo "$DEBIAN_FRONTEND $@" >> ${project}/apt-args
      case "$*" in
        *espeak*) exit 100;;
        install*) for name in ffmpeg ffprobe chromium; do /bin/cp "$0" ${programs}/$name; done;;
      esac`,
    );
    const { code, output } = await runSetup(['--tests']);
    expect(code).toBe(0);
    expect(output).toMatch(/^setup: installing ffmpeg and chromium \(apt-get\) \.\.\. \d+ s\n/);
    expect(output).toContain('espeak-ng, optional) ... not to be had, going on without\n');
    expect((await readFile(join(project, 'apt-args'), 'utf8')).split('\n').slice(0, 2)).toEqual([
      'noninteractive update',
      'noninteractive install -y --no-install-recommends ffmpeg chromium',
    ]);
  },
);

test.runIf(process.getuid?.() === 0)('shows why an installation failed and what to type', async () => {
  await writeProgram('apt-get', 'echo "E: no route to the mirror"; exit 100');
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('E: no route to the mirror');
  expect(output).toContain('type: apt-get update && apt-get install -y --no-install-recommends ffmpeg');
});

test.runIf(process.getuid?.() === 0)('does not call it done when a program is still not found', async () => {
  await writeProgram('apt-get', 'exit 0');
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('setup: installed, but not on PATH: ffmpeg\n');
});

const PLAYER_PROGRAMS = [
  ...['gst-inspect-1.0', 'gst-launch-1.0', 'firefox-esr', 'WebKitWebDriver', 'Xvfb', 'dbus-run-session'],
  ...['cvlc', 'mpv', 'streamlink'],
];
const TEST_PROGRAMS = ['ffmpeg', 'ffprobe', 'chromium', 'espeak-ng'];

test('says nothing and does nothing when every player is there', async () => {
  for (const name of [...TEST_PROGRAMS, ...PLAYER_PROGRAMS]) await writeProgram(name, 'exit 0');
  await writeProgram('apt-get', `echo "$@" >> ${project}/apt-args`);
  expect(await runSetup(['--players'])).toEqual({ code: 0, output: '' });
  await expect(readFile(join(project, 'apt-args'))).rejects.toThrow('ENOENT');
});

test.runIf(process.getuid?.() === 0)(
  'installs the players that are missing one by one, goes on without one that is not to be had, and says what to type',
  async () => {
    for (const name of [...TEST_PROGRAMS, ...PLAYER_PROGRAMS]) await writeProgram(name, 'exit 0');
    for (const name of ['mpv', 'streamlink', 'cvlc']) await rm(join(programs, name));
    await writeProgram(
      'apt-get',
      `echo "$@" >> ${project}/apt-args
      case "$*" in
        *streamlink*) echo "E: Unable to locate package streamlink"; exit 100;;
        *mpv*) /bin/cp "$0" ${programs}/mpv;;
        *vlc*) /bin/cp "$0" ${programs}/cvlc;;
      esac`,
    );
    const { code, output } = await runSetup(['--players']);
    expect(code).toBe(0);
    expect(output.replace(/\d+ s/g, 'N s').split('\n')).toEqual([
      'setup: installing VLC (apt-get, optional) ... N s',
      'setup: installing mpv (apt-get, optional) ... N s',
      'setup: installing Streamlink (apt-get, optional) ... not to be had',
      'setup: going on without Streamlink; on Debian, type: ' +
        'apt-get update && apt-get install -y --no-install-recommends streamlink',
      '',
    ]);
    const commands = (await readFile(join(project, 'apt-args'), 'utf8')).split('\n');
    expect(commands.map((command) => command.replace(/ -o .*/, ''))).toEqual([
      'update',
      'install -y --no-install-recommends vlc-bin vlc-plugin-base',
      'install -y --no-install-recommends mpv',
      'install -y --no-install-recommends streamlink',
      '',
    ]);
  },
);

test('takes GStreamer for missing when its plug-ins are, and goes on where there is no apt-get', async () => {
  for (const name of [...TEST_PROGRAMS, ...PLAYER_PROGRAMS]) await writeProgram(name, 'exit 0');
  await writeProgram('gst-inspect-1.0', 'case "$2" in hlsdemux2) exit 1;; esac');
  const { code, output } = await runSetup(['--players']);
  expect(code).toBe(0);
  expect(output).toMatch(
    /^setup: going on without GStreamer; on Debian, type: .*gstreamer1\.0-libav gstreamer1\.0-gl\n$/,
  );
});
