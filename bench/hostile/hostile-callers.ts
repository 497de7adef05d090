/** Callers that do what they can to hurt: huge, deep, torn and half-sent bodies, answers that nobody reads, guesses of keys, odd reports. */
import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pickFrom } from '../seeded-random.ts';
import { BODIES } from './hostile-bodies.ts';
import { MANAGEMENT } from './hostile-management.ts';
import { MODELS } from './hostile-models.ts';
import type { Timeline } from './timeline.ts';

const MEGABYTE = 1024 * 1024;
/** Milliseconds after which a caller of ours has seen enough. */
const PATIENCE = 8_000;

export interface CallersKeys {
  readonly caller: string;
  readonly admin: string;
}

interface SendOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Where it is sent from. */
  readonly localAddress?: string;
}

export class HostileCallers {
  readonly #port: number;
  readonly #keys: CallersKeys;
  readonly #random: () => number;
  readonly #timeline: Timeline;
  readonly outcomes = new Map<string, number>();

  constructor(port: number, keys: CallersKeys, random: () => number, timeline: Timeline) {
    this.#port = port;
    this.#keys = keys;
    this.#random = random;
    this.#timeline = timeline;
  }

  /** One attack. Never rejects. */
  async attack(): Promise<void> {
    const ask = () => this.#ask();
    const attacks: readonly (readonly [string, () => Promise<string>])[] = [
      ['ask', ask],
      ['ask', ask],
      ['body', () => this.#body()],
      ['hang up', () => this.#hangUp()],
      ['half a body', () => this.#halfABody()],
      ['read nothing', () => this.#readNothing()],
      ['guess', () => this.#guess()],
      ['bomb', () => this.#bomb()],
      ['odd request', () => this.#oddRequest()],
      ['manage', () => this.#manage()],
    ];
    const [name, attack] = pickFrom(attacks, this.#random);
    const over = this.#timeline.begin(name);
    const outcome = await attack();
    over();
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
    return this.#send(JSON.stringify(body), { path });
  }

  #body(name = pickFrom(Object.keys(BODIES), this.#random)): Promise<string> {
    const { path, make } = BODIES[name]!;
    const over = this.#timeline.begin(`body: ${name}`);
    return this.#send(make(), { path }).finally(over);
  }

  #manage(name = pickFrom(Object.keys(MANAGEMENT), this.#random)): Promise<string> {
    const { method, path, body, as = 'caller' } = MANAGEMENT[name]!;
    const over = this.#timeline.begin(`manage: ${name}`);
    const authorization = as === 'nobody' ? '' : `Bearer ${this.#keys[as]}`;
    return this.#send(body?.() ?? '', { method, path, headers: { authorization } }).finally(over);
  }

  #send(
    body: string | Buffer,
    { method = 'POST', path = '/v1/chat/completions', headers, localAddress }: SendOptions,
  ): Promise<string> {
    const usual = { 'content-type': 'application/json', authorization: `Bearer ${this.#keys.caller}` };
    return new Promise((resolve) => {
      const asking = request(
        {
          host: '127.0.0.1',
          localAddress,
          port: this.#port,
          path,
          method,
          headers: { ...usual, ...headers },
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
    return `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${this.#keys.caller}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
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
    return this.#send('{"prompt":"x"}', { headers: { authorization }, localAddress: '127.0.0.9' });
  }

  #bomb(): Promise<string> {
    return this.#send(BOMB, { headers: { 'content-encoding': 'gzip' } });
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
