import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listDescendants, listProcesses, type ProcessInfo } from './processes.ts';

const root = join(import.meta.dirname, '../..');
const READY_TIMEOUT_MS = 30_000;
/** Longer than any grace the server gives its own children. */
const STOP_TIMEOUT_MS = 15_000;
const DYING_MS = 1_000;
/** A log past this is of a server that went wild; the newest lines are kept. */
const MAX_LOG_LINES = 20_000;

export type ServerOptions = {
  /** Folder the server keeps its data in; the caller makes and removes it. */
  readonly dataDir: string;
  /** Further environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run, from the project's root. */
  readonly entry?: string;
  /** Where it listens; a free port unless given. */
  readonly port?: number;
  /** Files and sockets it may have open (RLIMIT_NOFILE). */
  readonly descriptors?: number;
};

export type StoppedServer = {
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  /** Processes it started that outlived it. */
  readonly survivors: readonly ProcessInfo[];
};

export type RunningServer = AsyncDisposable & {
  readonly origin: string;
  readonly pid: number;
  /** Lines of stdout and stderr so far. */
  readonly log: readonly string[];
  /** Ends it with a signal (SIGTERM unless given) and waits until it is gone; SIGKILL after 15 s. Idempotent. */
  stop(signal?: NodeJS.Signals): Promise<StoppedServer>;
};

/**
 * A port nobody listens on now, and that the kernel gives to nobody; those above 32767 go to connections, and to whoever asks for
 * any: such a one could be taken before its server listens, or while it is started again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const probe = createServer().listen(port, '127.0.0.1');
    try {
      await once(probe, 'listening');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') continue;
      throw error;
    }
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

function collectLog(child: ChildProcess): string[] {
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      log.push(...lines);
      log.splice(0, log.length - MAX_LOG_LINES);
    });
  }
  return log;
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch (error) {
    // Not listening yet, or not answering yet.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')) return false;
    throw error;
  }
}

async function waitUntilReady(child: ChildProcess, origin: string, log: readonly string[]): Promise<void> {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await isReady(origin))) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadlineMs) {
      const why = hasEnded
        ? `ended with ${child.exitCode ?? child.signalCode}`
        : `was not ready in ${READY_TIMEOUT_MS} ms`;
      throw new Error(`the server ${why}:\n${log.slice(-30).join('\n')}`);
    }
    await sleep(50);
  }
}

/** Ends the process and tells what outlived it: of its family as it was before, and of its process group. */
async function stopChild(child: ChildProcess, pid: number, signal: NodeJS.Signals): Promise<StoppedServer> {
  const family = new Set((await listDescendants(pid)).map((info) => info.pid));
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    const killTimer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(killTimer);
  }
  const living = async (): Promise<ProcessInfo[]> =>
    (await listProcesses()).filter((info) => family.has(info.pid) || info.groupId === pid);
  // What dies with its parent takes a moment.
  const deadlineMs = Date.now() + DYING_MS;
  let survivors = await living();
  while (survivors.length > 0 && Date.now() < deadlineMs) {
    await sleep(20);
    survivors = await living();
  }
  for (const survivor of survivors) {
    try {
      process.kill(survivor.pid, 'SIGKILL');
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
  return { exitCode: child.exitCode, exitSignal: child.signalCode, survivors };
}

/** Starts our server as `npm start` does, on a port of 127.0.0.1, and waits until `GET /readyz` answers 200. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const port = options.port ?? (await freePort());
  const env = { HOST: '127.0.0.1', PORT: `${port}`, DATA_DIR: options.dataDir, NO_OPEN: '1', LOG_LEVEL: 'info' };
  const [program = '', ...args] = [
    ...(options.descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${options.descriptors} && exec "$@"`, 'sh']),
    ...[join(root, 'node_modules/.bin/node'), options.entry ?? 'server/main.ts'],
  ];
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own.
    detached: true,
  });
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('the server has no process id');
  // A test run that is broken off leaves no server behind.
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const log = collectLog(child);
  const origin = `http://127.0.0.1:${port}`;
  let stopped: Promise<StoppedServer> | undefined;
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<StoppedServer> => {
    stopped ??= stopChild(child, pid, signal);
    return stopped;
  };
  try {
    await waitUntilReady(child, origin, log);
  } catch (error) {
    await stop('SIGKILL');
    throw error;
  }
  return { origin, pid, log, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
