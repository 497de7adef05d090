/** Providers of four wires on one port that refuse what the real ones refuse, and say of each request what was wrong. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerAnthropic, checkAnthropic } from './strict/anthropic.ts';
import { answerCohere, checkCohere } from './strict/cohere.ts';
import { answerOpenAi, checkOpenAi, OPENAI, TOGETHER } from './strict/openai.ts';
import type { Complain, Json } from './strict/rules.ts';

interface Wire {
  readonly check: (body: Json, complain: Complain) => void;
  readonly answer: (body: Json) => { readonly whole: Json; readonly events: string };
}

const WIRES: Readonly<Record<string, Wire>> = {
  openai: { check: (body, complain) => checkOpenAi(body, OPENAI, complain), answer: answerOpenAi },
  together: { check: (body, complain) => checkOpenAi(body, TOGETHER, complain), answer: answerOpenAi },
  anthropic: { check: checkAnthropic, answer: answerAnthropic },
  cohere: { check: checkCohere, answer: answerCohere },
};

export interface StrictUpstream {
  /** `<url>/openai/v1` and so on. */
  readonly url: string;
  /** What was asked last, and what is wrong with it. */
  readonly last: { readonly body: Json; readonly violations: readonly string[] } | undefined;
  close(): Promise<void>;
}

export async function startStrictUpstream(): Promise<StrictUpstream> {
  let last: StrictUpstream['last'];
  const server = createServer(async (request, response) => {
    const wire = WIRES[request.url!.split('/')[1]!]!;
    const body = JSON.parse(await text(request)) as Json;
    const violations: string[] = [];
    wire.check(body, (what) => violations.push(what));
    last = { body, violations };
    if (violations.length > 0) {
      response.writeHead(400, { 'content-type': 'application/json' });
      const message = violations.join('; ');
      return response.end(
        JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message }, message }),
      );
    }
    const { whole, events } = wire.answer(body);
    response.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' });
    return response.end(body.stream ? events : JSON.stringify(whole));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get last() {
      return last;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
