import { spawn } from 'node:child_process';
import { flushCompileCache } from 'node:module';
import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import { type App, addressFor, startApp } from './app.ts';
import { type Config, misspeltSettings, readConfig, weakSecrets } from './config.ts';
import { StreamError } from './errors.ts';
import { ApiKeys } from './http/access/api-keys.ts';
import { isLoopback } from './http/client-address.ts';

/** After a signal, the server may take so long to end in order. */
const SHUTDOWN_LIMIT_MS = 10_000;

/** Reads the settings, brings the server up, and ends it on a signal. */
export async function runServer(): Promise<void> {
  let config: Config;
  try {
    config = readConfig(process.env);
  } catch (error) {
    console.error(error instanceof StreamError ? error.message : error);
    process.exitCode = 1;
    return;
  }
  const logger = makeLogger(config.LOG_LEVEL);
  surviveFaults(logger);
  try {
    warnOfSettings(config, logger);
    const app = await startApp(config, logger);
    announce(app, config, logger);
    closeOnSignal(app, logger);
    // Written now and not at the end: who is killed has no end.
    setImmediate(flushCompileCache);
  } catch (error) {
    logger.fatal(isTold(error) ? { code: error.code } : { err: error }, startFailure(error, config));
    process.exitCode = 1;
  }
}

/** Where in the program it failed says nothing more. */
function isTold(error: unknown): error is Error & { readonly code: string } {
  return error instanceof StreamError || (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE');
}

/** @throws {StreamError} `CONFIG_INVALID` for a secret that others than this machine could try, and would find. */
function warnOfSettings(config: Config, logger: Logger): void {
  for (const { name, meant } of misspeltSettings(process.env))
    logger.warn({ variable: name, meant }, `${name} is no setting of this server: did you mean ${meant}?`);
  const address = addressFor(config);
  const isOpen = address !== 'localhost' && !isLoopback(address);
  for (const { name, reason, isGuessable } of weakSecrets(config)) {
    const advice = `${name} is easily guessed (${reason}): make one with openssl rand -hex 24`;
    if (isOpen && isGuessable) throw new StreamError('CONFIG_INVALID', `${advice}, or listen on HOST=127.0.0.1 only`);
    logger.warn({ variable: name, reason }, advice);
  }
}

/** Lines for people on a terminal, JSON for everything else. */
function makeLogger(level: Config['LOG_LEVEL']): Logger {
  if (!process.stdout.isTTY) return pino({ level });
  return pino(
    { level },
    pretty({ colorize: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true }),
  );
}

function announce(app: App, config: Config, logger: Logger): void {
  const { name, reason, rejected } = app.encoder;
  logger.info(
    { encoder: name, why: reason, notTaken: rejected.map((other) => `${other.name}: ${other.reason}`) },
    'encoder chosen',
  );
  logger.info(`ffmpeg reads uploads ${app.jail}`);
  logger.info(app.providers, 'providers chosen');
  logger.info({ address: app.address, ...accessOf(config) }, 'listening');
  if (app.address !== config.HOST)
    logger.warn(
      { wanted: config.HOST },
      `no API_KEY is set, so that anyone could have anything said: listening on ${app.address} only`,
    );
  logger.info(`Throughline is up: open ${app.origin}/`);
  if (config.NO_OPEN === undefined && process.stdout.isTTY) openBrowser(app.origin, logger);
}

/** Who may do what, in words. */
function accessOf({ API_KEY, PLAYBACK_SECRET }: Config): { api: string; playback: string } {
  return {
    api: new ApiKeys(API_KEY).required ? 'with an API key' : 'open to whoever reaches this address',
    playback: PLAYBACK_SECRET === undefined ? "open to who knows a session's id" : 'with a signed token',
  };
}

/**
 * The last net. What the system refuses (a descriptor, a pipe, a socket that breaks) must not end all streams because one place forgot to
 * look; a fault of our own code ends the process, since nobody knows what it left half done: sessions go on with the next start.
 */
function surviveFaults(logger: Logger): void {
  process.on('unhandledRejection', (error) => {
    logger.error({ err: error }, 'a promise failed that nothing waits for: please report this');
  });
  process.on('uncaughtException', (error: unknown) => {
    if (error instanceof Error && 'syscall' in error) {
      logger.error({ err: error }, 'a system call failed where nothing looks for it: please report this');
      return;
    }
    logger.fatal({ err: error }, 'a fault of the server: it ends, and its sessions go on with the next start');
    process.exit(1);
  });
}

/** Best effort: a machine without a desktop has the URL in the log. */
function openBrowser(url: string, logger: Logger): void {
  const command = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  if (command === 'xdg-open' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return;
  const child = spawn(command, [url], { stdio: 'ignore', detached: true });
  child.on('error', (error) => logger.debug({ err: error }, 'no browser could be opened'));
  child.unref();
}

function closeOnSignal(app: App, logger: Logger): void {
  const close = async (signal: string) => {
    logger.info({ signal }, 'shutting down');
    const limit = setTimeout(() => {
      logger.error(`not down after ${SHUTDOWN_LIMIT_MS} ms`);
      process.exit(1);
    }, SHUTDOWN_LIMIT_MS);
    await app.close();
    clearTimeout(limit);
    logger.info('down');
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      close(signal).catch((error: unknown) => {
        logger.error({ err: error }, 'shutting down failed');
        process.exit(1);
      });
    });
  }
}

function startFailure(error: unknown, config: Config): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return (
      `port ${config.PORT} is taken, perhaps by another Throughline: end that one, or give this one a port and a directory of its own, ` +
      'for example PORT=8081 DATA_DIR=./segments-2 npm start'
    );
  }
  return error instanceof StreamError ? error.message : 'the server could not start';
}
