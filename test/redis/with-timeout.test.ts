/** How long Redis is waited for. The server is one that answers PING when it is told to. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { connectRedis } from '../../src/redis/connection.ts';
import { withTimeout } from '../../src/redis/with-timeout.ts';

/** @param answerPing what the server does with a PING */
async function startRedis(answerPing: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('data', (bytes) => {
      // The client introduces itself first, in commands that want no more than an OK each.
      for (const [command] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n[A-Z]+/g))
        if (command.endsWith('PING')) answerPing(socket);
        else socket.write('+OK\r\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const redis = await connectRedis(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`, () => {});
  onTestFinished(() => {
    redis.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return redis;
}

function holdUp(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

it('a Redis that is silent is given up', async () => {
  const redis = await startRedis(() => {});
  await expect(withTimeout(redis, redis.ping())).rejects.toThrow('within 500 ms');
});

it('time for which this process was held up itself is not held against Redis', async () => {
  const redis = await startRedis((socket) => setTimeout(() => socket.write('+PONG\r\n'), 50));
  const asking = withTimeout(redis, redis.ping());
  holdUp(700);
  expect(await asking).toBe('PONG');
});
