import type { Dispatcher } from 'undici';
import { type BodySink, decodingInto } from './decoded-response-body.ts';
import { ResponseBody } from './response-body.ts';

/** A reply whose head has come; the body may still be on its way. */
export interface TransportReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ResponseBody;
}

/** What an exchange goes over, and who is told of it. */
export interface ExchangeOptions {
  /** Those that the request may go over; a new one counts itself before the request is written. */
  readonly connections?: { readonly opened: number };
  /** Called when the head or a piece of the body arrives. */
  readonly onBytes?: (() => void) | undefined;
}

/** One HTTP exchange on an undici pool, by its lowest interface: its `request` costs twice as much. */
export class ReplyHandler implements Dispatcher.DispatchHandler {
  /** The head of the reply. Rejects with what undici says, or with the reason of the signal. */
  readonly reply: Promise<TransportReply>;
  /** The request was written to a connection that an earlier one had opened. */
  wasOnKeptConnection = false;
  readonly #body = new ResponseBody({
    pause: () => this.#controller?.pause(),
    resume: () => this.#controller?.resume(),
    abort: () => this.#controller?.abort(new Error('nobody reads the reply any more')),
  });
  /** Where bytes go: the body, by way of a decoder where they are compressed. */
  #sink: BodySink = this.#body;
  readonly #signal: AbortSignal;
  readonly #options: ExchangeOptions;
  readonly #openedBefore: number | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #resolve: (reply: TransportReply) => void = () => {};
  #reject: (error: unknown) => void = () => {};

  /** @param signal ends the exchange, wherever it is */
  constructor(signal: AbortSignal, options: ExchangeOptions = {}) {
    this.#signal = signal;
    this.#options = options;
    this.#openedBefore = options.connections?.opened;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Where dispatching throws, nobody waits for the reply any more.
    this.reply.catch(() => {});
    if (signal.aborted) this.#fail(signal.reason);
    else signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.wasOnKeptConnection = this.#options.connections?.opened === this.#openedBefore;
    // Aborted while it waited for a connection.
    if (this.#signal.aborted) controller.abort(this.#signal.reason as Error);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: object): void {
    // 100 Continue and 103 Early Hints come before the reply.
    if (status < 200) return;
    this.#options.onBytes?.();
    const encoding = (headers as Record<string, string>)['content-encoding'];
    if (encoding) this.#sink = decodingInto(this.#body, encoding);
    this.#resolve({ status, headers: headers as Record<string, string>, body: this.#body });
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    this.#options.onBytes?.();
    this.#sink.push(piece);
  }

  onResponseEnd(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#sink.end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#fail(error);
  }

  readonly #onAbort = () => {
    const { reason } = this.#signal;
    this.#controller?.abort(reason as Error);
    this.#fail(reason);
  };

  #fail(error: unknown): void {
    this.#reject(error);
    this.#sink.fail(error);
  }
}
