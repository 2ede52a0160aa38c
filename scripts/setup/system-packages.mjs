// Programs that npm cannot bring, through the package manager of the system.
import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.mjs';
import { announce, finish, finishOptional, SetupError } from './report.mjs';

// `commands` makes the command lines that install the named packages; `names` is where a package is called otherwise.
const MANAGERS = [
  {
    program: 'apt-get',
    needsRoot: true,
    commands: (packages) => [
      ['apt-get', 'update'],
      ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
    ],
    names: {},
  },
  {
    program: 'dnf',
    needsRoot: true,
    commands: (packages) => [['dnf', 'install', '-y', ...packages]],
    names: { ffmpeg: 'ffmpeg-free' },
  },
  { program: 'apk', needsRoot: true, commands: (packages) => [['apk', 'add', '--no-cache', ...packages]], names: {} },
  {
    program: 'pacman',
    needsRoot: true,
    commands: (packages) => [['pacman', '-Sy', '--noconfirm', '--needed', ...packages]],
    names: {},
  },
  { program: 'brew', needsRoot: false, commands: (packages) => [['brew', 'install', ...packages]], names: {} },
];

function isRoot() {
  return process.getuid?.() === 0;
}

/** True when sudo asks for no password. */
function sudoIsOpen() {
  return findProgram('sudo') !== undefined && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

function commandsFor(manager, packages) {
  return manager.commands(packages.map((name) => manager.names[name] ?? name));
}

/** What somebody has to type, as one line. */
function typedBy(manager, packages) {
  const prefix = manager.needsRoot && !isRoot() ? 'sudo ' : '';
  return commandsFor(manager, packages)
    .map((command) => `${prefix}${command.join(' ')}`)
    .join(' && ');
}

/** Runs the command lines in order until one fails; what the last one returned. */
function run(manager, commands) {
  const prefix = manager.needsRoot && !isRoot() ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive'] : [];
  let result;
  for (const command of commands) {
    const [program, ...args] = [...prefix, ...command];
    result = spawnSync(program, args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
    if (result.status !== 0) break;
  }
  return result;
}

/**
 * Installs programs: `ffmpeg` (with ffprobe), `chromium`.
 * @throws {SetupError} With exactly what to type, when it cannot be done from here.
 */
export function installSystemPackages(packages) {
  const manager = MANAGERS.find(({ program }) => findProgram(program) !== undefined);
  const what = packages.join(' and ');
  if (manager === undefined) {
    throw new SetupError(`${what} missing: install it, or set FFMPEG_PATH / CHROMIUM_PATH to where it is`);
  }
  const advice = `${what} missing, type: ${typedBy(manager, packages)}`;
  if (manager.needsRoot && !isRoot() && !sudoIsOpen()) throw new SetupError(advice);
  announce(`installing ${what} (${manager.program})`);
  finish(run(manager, commandsFor(manager, packages)), advice);
}

/** apt-get, where it can be used without asking anybody. */
function openApt() {
  const apt = MANAGERS.find(({ program }) => program === 'apt-get');
  return apt !== undefined && findProgram(apt.program) !== undefined && (isRoot() || sudoIsOpen()) ? apt : undefined;
}

// A wish is not worth waiting for a mirror that does not answer.
const IMPATIENT = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=10', '-o', 'Acquire::https::Timeout=10'];
const NETWORK_LIMIT_S = 20;
/** Exit code of `timeout` when it ended the command. */
const TIMED_OUT = 124;

/** A command that is ended when it takes too long; only for commands that change no installed package. */
function limited(command) {
  return findProgram('timeout') === undefined ? command : ['timeout', `${NETWORK_LIMIT_S}`, ...command];
}

/**
 * Installs packages that are only wishes, one after the other, so that one that is not to be had takes no other along. Where
 * apt-get asks for a password or is missing, nothing is done or said.
 *
 * @param wishes - Each `{ name, packages, isThere }`, with the names of Debian's packages.
 */
export function offerPackages(wishes) {
  const apt = openApt();
  if (apt === undefined) return;
  let mirrorAnswers = true;
  for (const [index, { name, packages, isThere }] of wishes.entries()) {
    announce(`installing ${name} (apt-get, optional)`);
    const [update, install] = commandsFor(apt, packages);
    // Lists that are not all new still name the packages.
    if (index === 0) mirrorAnswers = run(apt, [limited([...update, ...IMPATIENT])]).status !== TIMED_OUT;
    const download = limited([...install, '--download-only', ...IMPATIENT]);
    if (mirrorAnswers) run(apt, [download, [...install, '--no-download']]);
    finishOptional(isThere(), 'not to be had, going on without');
  }
}

/** The line that installs Debian's packages. */
export function typedWithApt(packages) {
  const apt = MANAGERS.find(({ program }) => program === 'apt-get');
  return typedBy(apt, packages);
}
