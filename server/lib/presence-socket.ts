import { open, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A process that listens answers at once; one that is stopped does not, but is there. */
const ANSWER_MS = 1_000;
/** Of what a process says of itself. */
const MAX_ANSWER_LENGTH = 10_000;
/** Nobody listens there: the socket is gone, or was left by a process that is. */
const NOBODY = ['ENOENT', 'ECONNREFUSED'];

/**
 * A process says by a socket in a directory that it is there, and who it is. The kernel ends it with the process, however that ends; other
 * containers that have the directory see it, too; and it keeps no file open for writing.
 */
export class PresenceSocket {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Whoever listens: what it says of itself, '' when it says nothing.
   *
   * @returns `undefined` when nobody does.
   */
  static async ask(directory: string, name: string): Promise<string | undefined> {
    return await atShortPath(directory, name, async (path) => {
      const socket = connect(path);
      const limit = setTimeout(() => socket.destroy(), ANSWER_MS);
      let answer = '';
      try {
        answer = await text(socket);
      } catch (error) {
        if (error instanceof Error && 'code' in error && NOBODY.includes(String(error.code))) return undefined;
        // It is somebody's, who can't or need not answer us.
      } finally {
        clearTimeout(limit);
      }
      return answer.slice(0, MAX_ANSWER_LENGTH);
    });
  }

  /** Listens, in the place of who is gone. @throws The system's error where there can be no sockets. */
  static async listen(directory: string, name: string, says: string): Promise<PresenceSocket> {
    await rm(join(directory, name), { force: true });
    return await atShortPath(directory, name, async (path) => {
      const server = createServer((socket) => {
        socket.on('error', () => socket.destroy());
        socket.end(says);
      });
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      server.once('error', reject).listen(path, resolve);
      await promise;
      server.unref();
      return new PresenceSocket(server);
    });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** The address of a socket has 107 bytes at most: where the system allows it, a directory is named by a descriptor of it. */
async function atShortPath<T>(directory: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return await use(join(directory, name));
  await using handle = await open(directory);
  return await use(join('/proc/self/fd', `${handle.fd}`, name));
}
