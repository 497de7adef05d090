/** Callers that do what they can to hurt: huge, deep, torn and half-sent bodies, answers that nobody reads, guesses of keys. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pickFrom } from '../seeded-random.ts';

const MEGABYTE = 1024 * 1024;
/** Milliseconds after which a caller of ours has seen enough. */
const PATIENCE = 8_000;

/** Of every model that the hostile provider has. */
const MODELS = ['hostile', 'hostile-chain', 'openai/insufficient_quota'];

export const BODIES: readonly string[] = [
  `{"model":"hostile","messages":[${'0,'.repeat(2_000_000)}0]}`,
  `{"model":"hostile","prompt":"x",${Array.from({ length: 150_000 }, (_, at) => `"f${at}":1`).join(',')}}`,
  '['.repeat(8 * MEGABYTE),
  `{"prompt":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
  JSON.stringify({ model: 'hostile', prompt: 'lorem ipsum '.repeat(700_000) }),
  JSON.stringify({ model: 'hostile', prompt: ' '.repeat(4 * MEGABYTE), stream: true }),
  JSON.stringify({
    model: 'claude',
    messages: [
      { role: 'user', content: 'x' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '['.repeat(4_000_000) } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
    ],
  }),
  JSON.stringify({ model: 'hostile', prompt: 'x', n: 100, max_tokens: 1_000_000 }),
  JSON.stringify({ model: 'hostile', messages: Array(19_000).fill({ role: 'user', content: 'x' }) }),
  JSON.stringify({
    model: 'hostile',
    messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://example.com' } }] }],
  }),
  '{"model":"hostile","prompt":"\\ud800","user":"\\ud800"}',
  '{',
];

export class HostileCallers {
  readonly #port: number;
  readonly #key: string;
  readonly #random: () => number;
  readonly outcomes = new Map<string, number>();

  constructor(port: number, key: string, random: () => number) {
    this.#port = port;
    this.#key = key;
    this.#random = random;
  }

  /** One attack. Never rejects. */
  async attack(): Promise<void> {
    const outcome = await pickFrom(
      [
        () => this.#ask(),
        () => this.#ask(),
        () => this.#send(pickFrom(BODIES, this.#random)),
        () => this.#hangUp(),
        () => this.#halfABody(),
        () => this.#readNothing(),
        () => this.#guess(),
        () => this.#bomb(),
        () => this.#oddRequest(),
      ],
      this.#random,
    )();
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }

  /** A right request, for a provider that is not. */
  #ask(): Promise<string> {
    const path = pickFrom(['/v1/chat/completions', '/v1/messages', '/v1/responses'], this.#random);
    const words = `x ${this.#random()}`;
    const body = {
      model: pickFrom(MODELS, this.#random),
      stream: this.#random() < 0.7,
      max_tokens: 200,
      ...(path.endsWith('responses') ? { input: words } : { messages: [{ role: 'user', content: words }] }),
    };
    return this.#send(JSON.stringify(body), path);
  }

  #send(
    body: string | Buffer,
    path = '/v1/chat/completions',
    headers: Record<string, string> = {},
    localAddress?: string,
  ): Promise<string> {
    return new Promise((resolve) => {
      const asking = request(
        {
          host: '127.0.0.1',
          localAddress,
          port: this.#port,
          path,
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}`, ...headers },
        },
        (reply) => {
          reply.resume().on('close', () => resolve(`${reply.statusCode}`));
        },
      );
      asking.setTimeout(PATIENCE, () => asking.destroy());
      setTimeout(() => asking.destroy(), PATIENCE).unref();
      asking.on('error', () => resolve('gave up'));
      asking.end(body);
    });
  }

  #raw(text: string, hold: number): Promise<string> {
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1');
      socket.on('error', () => {});
      socket.on('close', () => resolve('raw'));
      socket.pause();
      socket.write(text);
      setTimeout(() => socket.destroy(), hold).unref();
    });
  }

  #head(length: number, path = '/v1/chat/completions'): string {
    return `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${this.#key}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  }

  #hangUp(): Promise<string> {
    const body = JSON.stringify({
      model: pickFrom(MODELS, this.#random),
      prompt: `x ${this.#random()}`,
      stream: true,
    });
    return this.#raw(this.#head(body.length) + body, this.#random() * 300);
  }

  #halfABody(): Promise<string> {
    return this.#raw(`${this.#head(MEGABYTE)}{"prompt":"`, PATIENCE);
  }

  #readNothing(): Promise<string> {
    const body = JSON.stringify({
      model: 'hostile',
      prompt: `x ${this.#random()}`,
      stream: this.#random() < 0.5,
    });
    return this.#raw(this.#head(body.length) + body, PATIENCE);
  }

  #guess(): Promise<string> {
    const authorization = `Bearer sk-cl-${this.#random()}`;
    // From an address of their own: addresses that guess are refused, and the administrator asks from here.
    return this.#send('{"prompt":"x"}', '/v1/chat/completions', { authorization }, '127.0.0.9');
  }

  #bomb(): Promise<string> {
    return this.#send(BOMB, '/v1/chat/completions', { 'content-encoding': 'gzip' });
  }

  #oddRequest(): Promise<string> {
    const odd = [
      'GET /keys/%ff HTTP/1.1\r\nhost: x\r\n\r\n',
      'GET / HTTP/1.0\r\n\r\n',
      '\0\0\0\0',
      'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
      `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
    ];
    return this.#raw(pickFrom(odd, this.#random), 500);
  }
}

const BOMB = gzipSync(Buffer.alloc(300 * MEGABYTE, 'a'));
