/** Connections to PostgreSQL that end at a bad moment, from the bytes of its protocol (version 3.0). */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/accounts/database/database.ts';
import { DatabaseUnavailable } from '../../src/accounts/database/database-unavailable.ts';

/** A message of the server: its type, its length with the four bytes of the length itself, and what it says. */
function message(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', 'I');
const SHUTTING_DOWN = message(
  'E',
  'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0',
);

async function startServer(greet: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // The first thing a client sends is its name and the database it wants.
    socket.once('data', () => greet(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await once(server, 'close');
  });
  return `postgres://postgres@127.0.0.1:${(server.address() as AddressInfo).port}/test`;
}

async function askFor(url: string): Promise<unknown> {
  const database = await openDatabase(url);
  try {
    const queries = await database.queries();
    return await queries.selectFrom('keys').selectAll().execute();
  } finally {
    await database.close();
  }
}

it('a connection that is opened and ended in one breath ends one query, not the process', async () => {
  const url = await startServer((socket) => socket.end(Buffer.concat([AUTHENTICATED, READY, SHUTTING_DOWN])));
  await expect(askFor(url)).rejects.toThrow(DatabaseUnavailable);
});

it('a server that hangs up on us is away', async () => {
  const url = await startServer((socket) => socket.destroy());
  await expect(askFor(url)).rejects.toThrow(DatabaseUnavailable);
});

it('a server that never answers a query is away after a time', async () => {
  const url = await startServer((socket) => socket.write(Buffer.concat([AUTHENTICATED, READY])));
  await expect(askFor(`${url}?query_timeout=100`)).rejects.toThrow(DatabaseUnavailable);
});
