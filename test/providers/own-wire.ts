/** A provider with a wire of its own, which is answered raw bytes from a real socket. */
import type { ChatCompletion } from '../../src/core/openai-types.ts';
import type { Reply, Target } from '../../src/providers/provider.ts';
import { fixture, type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';
import { type MakeProvider, made, never, question, read, targetAt, whole } from './support.ts';

export function ownWire(make: MakeProvider, name: string) {
  /** Asks an upstream that gives these bytes. */
  async function ask(raw: RawReply, request: object = {}, over: Partial<Target> = {}) {
    const upstream = await startRawUpstream(raw);
    const provider = made(make);
    const send = (signal = never()): Promise<Reply> =>
      provider.send(question(request), targetAt(upstream.url, name, over), { signal });
    return { upstream, send };
  }

  async function completionOf(raw: RawReply): Promise<ChatCompletion> {
    const { send } = await ask(raw);
    return whole(await send()).completion;
  }

  /** Asks for a stream and reads it to its end. */
  async function stream(raw: RawReply) {
    const { send, upstream } = await ask(raw, { stream: true });
    return { ...(await read(await send())), upstream };
  }

  return { ask, completionOf, stream };
}

/** A fixture with some of its fields changed. */
export function altered(name: string, fields: object): RawReply {
  return { body: JSON.stringify({ ...JSON.parse(fixture(name).toString()), ...fields }) };
}

/** @param events as JSON, or objects that become it */
export function eventStream(...events: readonly (object | string)[]): RawReply {
  const lines = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: lines.map((data) => `data: ${data}\n\n`).join(''),
  };
}
