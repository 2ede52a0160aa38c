import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const LOCK = {
  packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', optional: true } },
};

/** A project of its own with the real set-up scripts, and the only folder on PATH: nothing depends on what this machine has. */
let project: string;
let programs: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'setup-'));
  programs = join(project, 'bin');
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

type Setting = {
  readonly env?: Readonly<Record<string, string>>;
  /** Who runs it: 0 is root, who may install. */
  readonly userId?: number;
};

async function runSetup(args: string[] = [], { env = {}, userId = 0 }: Setting = {}) {
  const script = join(project, 'scripts/setup.mjs');
  const asUser = ['--import', `data:text/javascript,process.getuid=()=>${userId}`];
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [...asUser, script, ...args], { env: { PATH: programs, ...env } }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), output: (out + err).replace(/\d+ s\n/g, 'N s\n') });
    });
  });
}

/** What apt-get was told to do, without the options that make it impatient. */
async function aptCommands(): Promise<string[]> {
  const text = await readFile(join(project, 'apt-args'), 'utf8');
  return text
    .trimEnd()
    .replaceAll(/ -o \S+/g, '')
    .split('\n');
}

/** An apt-get that notes its arguments. @param script - What it does then. */
function writeApt(script: string): Promise<void> {
  return writeProgram('apt-get', `echo "$@" >> ${project}/apt-args\n${script}`);
}

const NEEDED = ['ffmpeg', 'ffprobe', 'chromium'];
const WISHES = ['bwrap', 'espeak-ng', 'nginx', 'varnishd'];
const PLAYERS = [
  ...['gst-inspect-1.0', 'gst-launch-1.0', 'firefox-esr', 'WebKitWebDriver', 'Xvfb', 'dbus-run-session'],
  ...['cvlc', 'mpv', 'streamlink'],
];

async function havePrograms(names: readonly string[]): Promise<void> {
  for (const name of names) await writeProgram(name, 'exit 0');
}

test('says nothing and does nothing when nothing is missing', async () => {
  for (const name of [...NEEDED, ...WISHES]) await writeProgram(name, 'exit 9');
  await writeApt('exit 0');
  expect(await runSetup(['--tests'])).toEqual({ code: 0, output: '' });
  await expect(aptCommands()).rejects.toThrow('ENOENT');
});

test('runs npm ci when an installed package differs from the lock file, and says so in one line', async () => {
  await havePrograms(NEEDED);
  await writeProgram('npm', `echo "$@" > ${project}/npm-args`);
  await noteInstalled({ 'node_modules/a': { version: '0.9.0' } });
  expect(await runSetup()).toEqual({ code: 0, output: 'setup: installing packages (npm ci) ... N s\n' });
  expect(await readFile(join(project, 'npm-args'), 'utf8')).toBe('ci --no-audit --no-fund --loglevel=error\n');
});

test('says what to do when ffmpeg is missing and there is no package manager', async () => {
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('setup: ffmpeg missing: install it, or set FFMPEG_PATH');
});

test('refuses a FFMPEG_PATH that leads nowhere, whatever is on PATH', async () => {
  await havePrograms(NEEDED);
  expect(await runSetup([], { env: { FFMPEG_PATH: '/nowhere/ffmpeg' } })).toEqual({
    code: 1,
    output: "setup: FFMPEG_PATH must be the path of a program, got '/nowhere/ffmpeg'\n",
  });
});

test('installs what is missing, updating the lists first', async () => {
  await havePrograms(WISHES);
  await writeApt(
    `case "$1" in install) for name in ffmpeg ffprobe chromium; do /bin/cp "$0" ${programs}/$name; done;; esac`,
  );
  const output = 'setup: installing ffmpeg and chromium (apt-get) ... N s\n';
  expect(await runSetup(['--tests'])).toEqual({ code: 0, output });
  expect(await aptCommands()).toEqual(['update', 'install -y --no-install-recommends ffmpeg chromium']);
});

test('installs through sudo where that asks for no password, and says what to type where it does', async () => {
  await havePrograms(WISHES);
  await writeApt(`case "$1" in install) for name in ffmpeg ffprobe; do /bin/cp "$0" ${programs}/$name; done;; esac`);
  await writeProgram('sudo', 'exit 1');
  const refused = await runSetup([], { userId: 1000 });
  expect(refused).toEqual({
    code: 1,
    output:
      'setup: ffmpeg missing, type: sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg\n',
  });
  await writeProgram('sudo', `shift\n[ "$1" = true ] && exit 0\necho "$@" >> ${project}/sudo-args\nexec /usr/bin/"$@"`);
  expect(await runSetup([], { userId: 1000 })).toEqual({
    code: 0,
    output: 'setup: installing ffmpeg (apt-get) ... N s\n',
  });
  expect(await readFile(join(project, 'sudo-args'), 'utf8')).toMatch(
    /^(env DEBIAN_FRONTEND=noninteractive apt-get .*\n){2}$/,
  );
});

test('shows why an installation failed and what to type', async () => {
  await writeApt('echo "E: no route to the mirror"; exit 100');
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('E: no route to the mirror');
  expect(output).toContain('type: apt-get update && apt-get install -y --no-install-recommends ffmpeg');
});

test('does not call it done when a program is still not found', async () => {
  await writeApt('exit 0');
  const { code, output } = await runSetup();
  expect(code).toBe(1);
  expect(output).toContain('setup: installed, but not on PATH: ffmpeg\n');
});

describe('programs that are worth having', () => {
  beforeEach(() => havePrograms(NEEDED));

  test('are installed one by one, and the set-up goes on without one that is not to be had', async () => {
    await writeApt(`case "$*" in
      *espeak-ng*) exit 100;;
      *bubblewrap*--no-download*) /bin/cp "$0" ${programs}/bwrap;;
    esac`);
    expect(await runSetup()).toEqual({
      code: 0,
      output:
        'setup: installing bubblewrap (apt-get, optional) ... N s\n' +
        'setup: installing espeak-ng (apt-get, optional) ... not to be had, going on without\n',
    });
    const install = 'install -y --no-install-recommends';
    expect(await aptCommands()).toEqual([
      'update',
      ...[`${install} bubblewrap --download-only`, `${install} bubblewrap --no-download`],
      `${install} espeak-ng --download-only`,
    ]);
  });

  test('are not called installed when they are still not found', async () => {
    await havePrograms(['espeak-ng']);
    await writeApt('exit 0');
    const output = 'setup: installing bubblewrap (apt-get, optional) ... not to be had, going on without\n';
    expect(await runSetup()).toEqual({ code: 0, output });
  });

  test('are not tried in a checkout where that can not be noted', async () => {
    await symlink('/nowhere/note', join(project, 'node_modules/.wishes-tried'));
    await writeApt('exit 0');
    expect(await runSetup(['--tests'])).toEqual({ code: 0, output: '' });
    await expect(aptCommands()).rejects.toThrow('ENOENT');
  });

  test('are tried once; those of the tests with the tests', async () => {
    await writeApt('exit 100');
    const withWord = (names: string[]) =>
      names
        .map((name) => `setup: installing ${name} (apt-get, optional) ... not to be had, going on without\n`)
        .join('');
    expect(await runSetup()).toEqual({ code: 0, output: withWord(['bubblewrap', 'espeak-ng']) });
    expect(await runSetup()).toEqual({ code: 0, output: '' });
    expect(await runSetup(['--tests'])).toEqual({ code: 0, output: withWord(['nginx', 'Varnish']) });
    expect(await runSetup(['--tests'])).toEqual({ code: 0, output: '' });
  });

  test('are not asked for again when the lists can not be had in time', async () => {
    await writeApt('exit 0');
    // As `timeout` ends when it ended the command; what it is told to run, and for how long, stands in its arguments.
    await writeProgram('timeout', `echo "$@" >> ${project}/limited\nexit 124`);
    const { code, output } = await runSetup();
    expect(code).toBe(0);
    expect(output.match(/not to be had, going on without/g)).toHaveLength(2);
    expect(await readFile(join(project, 'limited'), 'utf8')).toMatch(/^20 apt-get update -o \S+ .*\n$/);
    await expect(aptCommands()).rejects.toThrow('ENOENT');
  });

  test.each([
    ['there is no apt-get', { userId: 0 }],
    ['installing needs a password', { userId: 1000 }],
  ])('are passed over without a word where %s', async (_, { userId }) => {
    if (userId !== 0) await writeApt('exit 0');
    expect(await runSetup(['--tests'], { userId })).toEqual({ code: 0, output: '' });
    await expect(aptCommands()).rejects.toThrow('ENOENT');
  });

  test('are found in an sbin beside a bin of PATH', async () => {
    await writeApt('exit 0');
    await havePrograms(['bwrap', 'espeak-ng']);
    await mkdir(join(project, 'sbin'));
    await havePrograms(['../sbin/nginx', '../sbin/varnishd']);
    expect(await runSetup(['--tests'])).toEqual({ code: 0, output: '' });
    await expect(aptCommands()).rejects.toThrow('ENOENT');
  });
});

describe('players', () => {
  beforeEach(() => havePrograms([...NEEDED, ...WISHES, ...PLAYERS]));

  test('are left alone when every one is there', async () => {
    await writeApt('exit 0');
    expect(await runSetup(['--players'])).toEqual({ code: 0, output: '' });
    await expect(aptCommands()).rejects.toThrow('ENOENT');
  });

  test('that are missing are installed one by one; one that is not to be had is named with what to type', async () => {
    for (const name of ['mpv', 'streamlink', 'cvlc']) await rm(join(programs, name));
    await writeApt(`case "$*" in
      *streamlink*) echo "E: Unable to locate package streamlink"; exit 100;;
      *mpv*) /bin/cp "$0" ${programs}/mpv;;
      *vlc*) /bin/cp "$0" ${programs}/cvlc;;
    esac`);
    const { code, output } = await runSetup(['--players']);
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      'setup: installing VLC (apt-get, optional) ... N s',
      'setup: installing mpv (apt-get, optional) ... N s',
      'setup: installing Streamlink (apt-get, optional) ... not to be had, going on without',
      'setup: going on without Streamlink; on Debian, type: ' +
        'apt-get update && apt-get install -y --no-install-recommends streamlink',
      '',
    ]);
    const installed = (await aptCommands()).filter((command) => !command.endsWith('--download-only'));
    expect(installed).toEqual([
      'update',
      'install -y --no-install-recommends vlc-bin vlc-plugin-base --no-download',
      'install -y --no-install-recommends mpv --no-download',
    ]);
  });

  test('GStreamer counts as missing when its plug-ins are, also where there is no apt-get', async () => {
    await writeProgram('gst-inspect-1.0', 'case "$2" in hlsdemux2) exit 1;; esac');
    const { code, output } = await runSetup(['--players']);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^setup: going on without GStreamer; on Debian, type: .*gstreamer1\.0-libav gstreamer1\.0-gl\n$/,
    );
  });
});
