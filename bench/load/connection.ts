/** A kept-alive connection on a raw socket. It costs a few microseconds a request, so that the server is the limit. */
import { connect, type Socket } from 'node:net';
import type { StreamedReply, WholeReply } from './replies.ts';

/** What arrives is turned into text at once, so all connections read into the same buffer. */
const buffer = Buffer.allocUnsafe(64 * 1024);

export class Connection {
  readonly #socket: Socket;
  readonly #fail: (reason: Error) => void;
  #reply: WholeReply | StreamedReply | undefined;
  #onDone: () => void = () => {};

  private constructor(port: number, fail: (reason: Error) => void) {
    this.#fail = fail;
    const callback = (size: number) => this.#take(buffer.toString('latin1', 0, size));
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.#socket.on('error', fail);
    this.#socket.on('close', () => fail(new Error('the server closed the connection')));
  }

  /** @param fail hears of everything that goes wrong later on */
  static open(port: number, fail: (reason: Error) => void): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port, fail);
      connection.#socket.once('connect', () => resolve(connection));
      connection.#socket.once('error', reject);
    });
  }

  ask(request: string, reply: WholeReply | StreamedReply, onDone: () => void): void {
    this.#reply = reply;
    this.#onDone = onDone;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #take(text: string): boolean {
    try {
      if (this.#reply?.take(text)) {
        this.#reply = undefined;
        this.#onDone();
      }
    } catch (reason) {
      this.#fail(reason as Error);
      this.close();
    }
    return true;
  }
}

/** A few at a time, as a server's queue of new connections is short. */
export async function openAll(
  ports: readonly number[],
  fail: (reason: Error) => void,
): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let from = 0; from < ports.length; from += 50)
    connections.push(
      ...(await Promise.all(ports.slice(from, from + 50).map((port) => Connection.open(port, fail)))),
    );
  return connections;
}
