/** Fake providers on a real loopback socket: the wire is theirs, the answers and the faults are scripted. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deliver } from './deliver.ts';
import { planDelivery } from './delivery.ts';
import { planReply } from './reply.ts';
import { Script } from './script.ts';
import { type ProviderRequest, providerNames, type SimulatedProvider } from './wire.ts';

// Not by `import`, for the reason that src/core/node-http.ts gives.
const { createServer } = process.getBuiltinModule('node:http');

export type { SimulatedProvider } from './wire.ts';

/** Where it listens and how fast it answers; defaults are in brackets. */
export interface SimulatorOptions {
  /** 0 picks a free port. */
  port?: number;
  host?: string;
  /** Before the first token, or before a whole reply; milliseconds (0). */
  firstTokenMs?: number;
  /** Between the chunks of a stream; milliseconds (0). */
  tokenMs?: number;
  /** Said at the end of every answer, so that nobody takes it for a real one. */
  note?: string;
  /** How many calls are remembered (10,000). */
  callsKept?: number;
}

/** One call a provider received. */
export interface SimulatedCall {
  readonly provider: SimulatedProvider;
  readonly method: string;
  /** As requested, with the provider's prefix and the query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string | undefined };
  /** Parsed JSON; `undefined` when there was none. */
  readonly body: unknown;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  endedAt?: number;
  /** The client closed before the reply was complete. */
  aborted: boolean;
  /** As written: `cut:20`. */
  fault?: string;
  /** Status sent, once it has been. */
  status?: number;
  /** Body bytes handed to the socket so far; stops growing while the client does not read. */
  bytesWritten: number;
}

/** A simulator that listens, and the means to tell it what to do. */
export interface Simulator {
  readonly url: string;
  /** Base URLs as each SDK wants them. */
  readonly baseUrls: Readonly<Record<SimulatedProvider, string>>;
  /** The last calls, oldest first. */
  readonly calls: readonly SimulatedCall[];
  callsTo(provider: SimulatedProvider): SimulatedCall[];
  /** Scripts the next calls to a provider: one fault a call, then healthy again. */
  script(provider: SimulatedProvider, ...faults: string[]): void;
  /** Every call to this provider has this fault until reset. */
  always(provider: SimulatedProvider, fault: string): void;
  /** What the model answers, in place of the answer made from the prompt. */
  answer(provider: SimulatedProvider | 'all', text: string): void;
  /** Forgets scripts, answers and calls. */
  reset(): void;
  /** Stops listening and destroys the open sockets. */
  close(): Promise<void>;
}

/** Starts the fake providers on one port. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', firstTokenMs = 0, tokenMs = 0, note, callsKept = 10_000 } = options;
  const script = new Script();
  const calls: SimulatedCall[] = [];
  let callNumber = 0;
  let closing = false;

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const url = incoming.url ?? '/';
    const { provider, path } = route(url);
    const body = parseJson(await readBody(incoming));
    const method = incoming.method ?? 'GET';
    const headers = singleHeaders(incoming);
    const call: SimulatedCall = {
      provider,
      method,
      path: url,
      headers,
      body,
      startedAt,
      aborted: false,
      bytesWritten: 0,
    };
    calls.push(call);
    if (calls.length > callsKept) calls.shift();

    const request: ProviderRequest = { provider, method, path, headers, body };
    callNumber++;
    const planned = planReply(request, script, { callNumber, created: Math.floor(startedAt / 1000), note });
    if (planned.fault) call.fault = planned.fault.text;
    const steps = planDelivery(planned.reply, planned.fault, { firstTokenMs, tokenMs }, planned.errorEvent);
    const outcome = await deliver(response, steps, call);
    call.aborted = outcome === 'aborted' && !closing;
    call.endedAt = Date.now();
  }

  const server = createServer({ noDelay: true, keepAlive: true }, (incoming, response) => {
    // A client that leaves while it still sends its request is no concern of ours.
    handle(incoming, response).catch(() => response.destroy());
  });
  // The gateway's pool keeps connections longer than node's five seconds; closing first would look like a fault.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;

  return {
    url,
    baseUrls: {
      together: `${url}/together/v1`,
      openai: `${url}/openai/v1`,
      anthropic: `${url}/anthropic`,
      promptlayer: `${url}/promptlayer`,
    },
    calls,
    callsTo: (provider) => calls.filter((call) => call.provider === provider),
    script: (provider, ...faults) => script.queue(provider, faults),
    always: (provider, fault) => script.always(provider, fault),
    answer: (provider, text) => script.answer(provider, text),
    reset() {
      script.reset();
      calls.length = 0;
    },
    close() {
      closing = true;
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** `/together/v1/models?x` → Together and `/v1/models`. What has no known prefix is answered as OpenAI would. */
function route(url: string): { provider: SimulatedProvider; path: string } {
  const pathname = url.split('?')[0]!;
  const provider = providerNames.find((name) => pathname.startsWith(`/${name}/`));
  return provider
    ? { provider, path: pathname.slice(provider.length + 1) }
    : { provider: 'openai', path: pathname };
}

function singleHeaders(incoming: IncomingMessage): { [name: string]: string | undefined } {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
