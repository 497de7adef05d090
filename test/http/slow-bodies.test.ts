/** Bodies that come too slowly, on a real connection. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { Failure } from '../../src/failures/failure.ts';
import { readJson } from '../../src/http/body.ts';
import { eventually } from '../helpers/eventually.ts';

afterEach(() => void vi.useRealTimers());

/** @returns what reading the body comes to, and how to send more of it */
async function sendSlowly() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const server = createServer();
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  socket.write(
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
  );
  const [request] = await asked;
  const outcome = readJson(request, 1_000_000).catch((error: unknown) => error);
  const more = async () => {
    const before = request.socket.bytesRead;
    socket.write(' ');
    await eventually(() => expect(request.socket.bytesRead).toBeGreaterThan(before));
  };
  return { outcome, more };
}

it('a body of which nothing more arrives for 15 seconds is given up with a 408', async () => {
  const { outcome, more } = await sendSlowly();
  await more();
  vi.advanceTimersByTime(15_000);
  vi.advanceTimersByTime(15_000);
  const failure = (await outcome) as Failure;
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ status: 408, kind: 'invalid_request' });
  expect(failure.message).toBe('Nothing of the body arrived for 15 s. Send it again.');
});

it('a body that comes drop by drop is given up after two minutes', async () => {
  const { outcome, more } = await sendSlowly();
  for (let look = 0; look < 8; look++) {
    await more();
    vi.advanceTimersByTime(15_000);
  }
  expect(await outcome).toMatchObject({
    status: 408,
    message: 'The body was not all there after 120 s. Send it again.',
  });
});
