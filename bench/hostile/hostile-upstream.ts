/** A provider that does what it can to hurt, on whichever wire it is asked: one reply of `hostile-replies.ts` for each call. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { REPLIES, type Wire } from './hostile-replies.ts';
import type { Timeline } from './timeline.ts';

export interface HostileUpstream {
  /** Where each wire is spoken. */
  readonly urls: Readonly<Record<Wire, string>>;
  close(): void;
}

/** @param choose one of the names of a wire's replies */
export async function startHostileUpstream(
  choose: (names: readonly string[]) => string,
  timeline: Timeline,
): Promise<HostileUpstream> {
  const server = createServer(async (request, response) => {
    await text(request).catch(() => '');
    response.on('error', () => {});
    const wire = /^\/(\w+)/.exec(request.url ?? '')?.[1] as Wire;
    const replies = REPLIES[wire];
    const name = choose(Object.keys(replies));
    response.on('close', timeline.begin(`reply: ${wire} ${name}`));
    replies[name]!(response, request);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    urls: { openai: `${base}/openai/v1`, anthropic: `${base}/anthropic`, cohere: `${base}/cohere/v2` },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
