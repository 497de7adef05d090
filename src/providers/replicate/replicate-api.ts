/** The calls of one prediction: it is created, asked after, streamed and, when nobody waits for it any more, canceled. */
import { systemClock } from '../../core/clock.ts';
import type { TransportReply } from '../dispatch-handler.ts';
import { toJsonBody } from '../fit/json-body.ts';
import type { PreparedRequest } from '../prepared-request.ts';
import type { Call, Target } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readText } from '../whole-or-stream.ts';
import { trustedUrl } from './replicate-address.ts';
import { hasEnded, type Prediction, readPrediction } from './replicate-prediction.ts';
import type { PredictionRequest } from './replicate-request.ts';

const BASE_URL = 'https://api.replicate.com/v1';
/** Seconds; the most that Replicate takes. */
const MAX_WAIT = 60;
/** Seconds; the least that Replicate takes. */
const SHORTEST_LIFE = 5;
/** Milliseconds between two questions after the prediction: it grows from the first to the last. */
const FIRST_PAUSE = 250;
const LAST_PAUSE = 2_000;
const PAUSE_GROWTH = 1.5;
/** Milliseconds that canceling may take. */
const CANCEL_TIMEOUT = 5_000;

/** A prediction, and the reply that told of it. */
export interface AnsweredPrediction {
  readonly prediction: Prediction;
  readonly reply: Pick<TransportReply, 'headers' | 'status'>;
}

/**
 * To be called when its reader is done.
 * @param hasEnded false cancels the prediction, which would else be paid to its end
 */
export type Leave = (hasEnded: boolean) => void;

/** The calls of one prediction, all by the key and within the deadlines of its target. */
export class PredictionCalls {
  readonly #transport: Transport;
  readonly #target: Target;
  readonly #call: Call;
  readonly #base: URL;

  constructor(transport: Transport, target: Target, call: Call) {
    this.#transport = transport;
    this.#target = target;
    this.#call = call;
    this.#base = new URL((target.baseUrl ?? BASE_URL).replace(/\/+$/, ''));
  }

  /** A prediction that is not streamed is waited for, as long as Replicate lets us. */
  async create({ path, body }: Omit<PredictionRequest, 'dropped'>): Promise<AnsweredPrediction> {
    const seconds = Math.ceil(this.#target.timeouts.attempt / 1000);
    const headers: Record<string, string> = body.stream
      ? {}
      : {
          prefer: `wait=${Math.min(MAX_WAIT, Math.max(1, seconds))}`,
          // Who goes while this call is open has no id to cancel by.
          'cancel-after': `${Math.max(SHORTEST_LIFE, seconds)}s`,
        };
    const prepared = this.#prepare(this.#own(path), { 'content-type': 'application/json', ...headers });
    const reply = await this.#transport.post(prepared, toJsonBody(body), this.#target, this.#call);
    return this.#read(reply);
  }

  /** Asks until the prediction has ended; how long that may take is the caller's to say, by its signal. */
  async untilEnded(first: AnsweredPrediction): Promise<AnsweredPrediction> {
    let answered = first;
    let pause = FIRST_PAUSE;
    const prepared = this.#prepare(this.#placeOf(first.prediction, 'get'));
    while (!hasEnded(answered.prediction)) {
      await systemClock.sleep(pause, this.#call.signal);
      pause = Math.min(LAST_PAUSE, pause * PAUSE_GROWTH);
      answered = await this.#read(await this.#transport.get(prepared, this.#target, this.#later()));
    }
    return answered;
  }

  /** @returns nothing for a prediction that has no stream, or none that our key may go to */
  async openStream({ urls }: Prediction): Promise<TransportReply | undefined> {
    const url = trustedUrl(urls?.stream, this.#base);
    if (!url) return undefined;
    const prepared = this.#prepare(url, { accept: 'text/event-stream', 'cache-control': 'no-store' });
    return this.#transport.get(prepared, this.#target, this.#later());
  }

  /**
   * Cancels the prediction as soon as the caller goes.
   * @returns to be told when nobody waits for it any more, and whether it has ended by itself; only the first word counts
   */
  cancelWhenLeft(prediction: Prediction): Leave {
    const { signal } = this.#call;
    let isLeft = false;
    const leave = (hasEnded: boolean) => {
      if (isLeft) return;
      isLeft = true;
      signal.removeEventListener('abort', onAbort);
      if (!hasEnded) void this.#cancel(prediction);
    };
    const onAbort = () => leave(false);
    signal.addEventListener('abort', onAbort, { once: true });
    return leave;
  }

  /** Cancellation is best effort: where it fails, the prediction runs to its own end. */
  async #cancel(prediction: Prediction): Promise<void> {
    try {
      const prepared = this.#prepare(this.#placeOf(prediction, 'cancel'));
      const call = { ...this.#later(), signal: AbortSignal.timeout(CANCEL_TIMEOUT) };
      const { body } = await this.#transport.post(prepared, '', this.#target, call);
      await readText(body, this.#target);
    } catch {
      // The call has failed already; there is nobody to tell.
    }
  }

  async #read(reply: TransportReply): Promise<AnsweredPrediction> {
    const text = await readText(reply.body, this.#target);
    return { prediction: readPrediction(text, reply.headers, this.#target), reply };
  }

  /** Later calls are part of the same: its head has been reported. */
  #later(): Call {
    return { signal: this.#call.signal, headers: this.#call.headers };
  }

  #placeOf({ id, urls }: Prediction, which: 'get' | 'cancel'): URL {
    const path = `/predictions/${encodeURIComponent(id)}`;
    return trustedUrl(urls?.[which], this.#base) ?? this.#own(which === 'get' ? path : `${path}/cancel`);
  }

  #own(path: string): URL {
    return new URL(`${this.#base.href.replace(/\/$/, '')}${path}`);
  }

  #prepare(url: URL, headers: Readonly<Record<string, string>> = {}): PreparedRequest {
    const { apiKey, headers: own } = this.#target;
    const all: Record<string, string> = {
      accept: 'application/json',
      ...(apiKey && { authorization: `Bearer ${apiKey}` }),
      ...headers,
    };
    for (const [name, value] of Object.entries(own)) all[name.toLowerCase()] = value;
    return { origin: url.origin, path: url.pathname + url.search, headers: all };
  }
}
