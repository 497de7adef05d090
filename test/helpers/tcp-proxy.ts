/** A wire that can be cut: stands between the server and a database. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TcpProxy {
  /** The URL with this proxy's address in place of the real one. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): void;
  /** Falls silent on the connections there are, and does not say so; new ones work. */
  silence(): void;
  /** Loses what comes back, on the connections there are; what goes there arrives. */
  loseReplies(): void;
  mend(): void;
}

export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const far = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    near.on('error', () => {});
    if (isCut) return near.destroy();
    const there = connect(Number(target.port), target.hostname);
    far.add(there);
    there.on('close', () => far.delete(there));
    for (const [one, other] of [
      [near, there],
      [there, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    breakAll();
    server.close();
    await once(server, 'close');
  });
  const own = new URL(url);
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as AddressInfo).port);
  return {
    url: own.href,
    cut() {
      isCut = true;
      breakAll();
    },
    silence() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    loseReplies() {
      for (const socket of far) socket.unpipe().resume();
    },
    mend() {
      isCut = false;
    },
  };
}
