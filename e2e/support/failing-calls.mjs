// Loaded into a server before all else (`node --import`): lets calls into the system fail when a control file says so.
// The file is JSON: `{ "kind": "spawn", "code": "EMFILE", "nth": 3 }` fails the third call of that kind from now on; what became of it is
// appended to the file beside it that ends with `.log`.
import childProcess from 'node:child_process';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

const controlPath = process.env.FAILING_CALLS ?? '';
const readControl = fs.readFileSync;
const appendLog = fs.appendFileSync;
let plan = '';
let calls = 0;

/** The error that this call is to fail with; `undefined`: it is to be done. */
function failureOf(kind, what) {
  const now = readControl(controlPath, 'utf8');
  if (now !== plan) [plan, calls] = [now, 0];
  const { kind: wanted, code, nth } = JSON.parse(now);
  if (kind !== wanted) return undefined;
  calls += 1;
  if (calls !== nth) return undefined;
  appendLog(`${controlPath}.log`, `${kind} ${nth} ${code} ${what}\n`);
  return Object.assign(new Error(`${code}: ${kind} ${what}`), { code, errno: -24, syscall: kind });
}

const { spawn } = childProcess;
childProcess.spawn = (command, args, options) => {
  const what = [command, ...(Array.isArray(args) ? args : [])].join(' ').slice(0, 80);
  const thrown = failureOf('spawn-throws', what);
  if (thrown) throw thrown;
  const failure = failureOf('spawn', what);
  if (failure) {
    // As Node does it without descriptors: no pipes, and the error in the next tick.
    const child = Object.assign(new EventEmitter(), { exitCode: null, signalCode: null, pid: undefined });
    process.nextTick(() => child.emit('error', failure));
    return child;
  }
  const child = spawn(command, args, options);
  const broken = failureOf('pipe', what);
  if (broken) setImmediate(() => child.stdout?.destroy(broken));
  const killed = failureOf('kill', what);
  if (killed) setTimeout(() => child.kill('SIGKILL'), 30);
  return child;
};

const { Worker } = workerThreads;
workerThreads.Worker = class extends Worker {
  constructor(url, options) {
    const failure = failureOf('worker', String(url).slice(-40));
    if (failure) throw failure;
    super(url, options);
  }
};

for (const name of ['open', 'readFile', 'writeFile', 'link', 'mkdtemp', 'mkdir', 'rename', 'stat', 'readdir']) {
  const call = fs.promises[name];
  fs.promises[name] = async (...args) => {
    const failure = failureOf('file', `${name} ${String(args[0]).slice(-60)}`);
    if (failure) throw failure;
    return await call(...args);
  };
}

syncBuiltinESMExports();
