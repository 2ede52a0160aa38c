import { connect, type Socket } from 'node:net';
import type { Simulation } from './simulation.ts';
import { TcpConnection, type Trouble, type Ways } from './tcp-connection.ts';
import type { WallClock } from './wall-clock.ts';

/** What one end may have written that is not sent yet: a socket's send buffer. */
const SEND_BUFFER_BYTES = 256 * 1024;
/** What one end may have received that its application has not read: a browser's receive window. */
const RECEIVE_BUFFER_BYTES = 2 * 1024 * 1024;

type Options = {
  readonly client: Socket;
  readonly targetPort: number;
  readonly onTrouble: (trouble: Trouble) => void;
  readonly onClose: () => void;
};

/** Two real sockets with a simulated connection between them. */
export class RelayedConnection {
  readonly #simulation: Simulation;
  readonly #clock: WallClock;
  readonly #ways: Ways;
  readonly #client: Socket;
  readonly #origin: Socket;
  readonly #connection: TcpConnection;
  readonly #onClose: () => void;
  #isClosed = false;

  constructor(simulation: Simulation, clock: WallClock, ways: Ways, options: Options) {
    const { client, targetPort, onTrouble, onClose } = options;
    this.#simulation = simulation;
    this.#clock = clock;
    this.#ways = ways;
    this.#onClose = onClose;
    this.#client = client;
    // Nothing lies between the far end of the link and the origin.
    this.#origin = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const end = (socket: Socket, source: Socket) => ({
      onData: (data: Buffer) => void socket.write(data),
      onEnd: () => void socket.end(),
      room: () => RECEIVE_BUFFER_BYTES - socket.writableLength,
      onDrain: () => this.#resume(source),
    });
    this.#connection = new TcpConnection(simulation, ways, {
      server: end(this.#origin, client),
      client: end(client, this.#origin),
      onTrouble,
    });
    clock.enter(() => this.#connection.open());
    this.#join(
      client,
      (data) => this.#connection.send(data),
      () => this.#connection.end(),
    );
    this.#join(
      this.#origin,
      (data) => this.#connection.down.write(data),
      () => this.#connection.down.end(),
    );
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.close();
    this.#client.destroy();
    this.#origin.destroy();
    this.#onClose();
  }

  #join(socket: Socket, write: (data: Buffer) => void, end: () => void): void {
    const isClient = socket === this.#client;
    const sender = isClient ? this.#connection.up.sender : this.#connection.down.sender;
    const towards = isClient ? this.#connection.down.sender : this.#connection.up.sender;
    socket.on('data', (data) => {
      this.#clock.enter(() => write(data));
      if (sender.unsentBytes > SEND_BUFFER_BYTES) socket.pause();
    });
    socket.on('end', () => this.#clock.enter(end));
    // The receiver's window opens again.
    socket.on('drain', () => this.#clock.enter(() => towards.pump()));
    // A reset is followed by 'close', which is what matters.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onSocketClosed(isClient));
  }

  #resume(source: Socket): void {
    const isClient = source === this.#client;
    const sender = isClient ? this.#connection.up.sender : this.#connection.down.sender;
    if (source.isPaused() && sender.unsentBytes < SEND_BUFFER_BYTES / 2) source.resume();
  }

  /** The other end learns of it one way later; what is on its way till then is sent for nothing, as in the field. */
  #onSocketClosed(isClient: boolean): void {
    if (this.#isClosed) return;
    const other = isClient ? this.#origin : this.#client;
    if (other.destroyed) {
      this.destroy();
      return;
    }
    const direction = isClient ? this.#ways.up : this.#ways.down;
    this.#clock.enter(() => {
      this.#simulation.after(direction.delayAt(this.#simulation.nowMs), () => this.destroy());
    });
  }
}
