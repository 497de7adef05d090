/**
 * The seam between the router and a provider's wire. A provider turns one OpenAI-shaped request into one call
 * on its own wire, and the answer back. It never retries, never waits, never decides what a failure means: it
 * throws the facts as an `UpstreamFailure` and the router's failure table does the rest.
 */
import type { ChunkStream } from '../core/chunk-stream.ts';
import type { NativeRequest } from '../core/native-request.ts';
import type { ChatCompletion, ChatMessage, ChatRequest } from '../core/openai-types.ts';
import type { NativeAnswer } from '../core/whole-answer.ts';
import type { Capabilities, Features } from './feature-table.ts';

/** One provider's wire; it serves all targets of that provider. */
export interface Provider {
  readonly name: string;
  /** How it meets what a request may ask for; some of its models may differ. */
  readonly features: Features;
  /**
   * What of a request would be left out for a target. Nothing is sent.
   * @throws {UpstreamFailure} unsupported, as `send` would
   */
  fit(request: ChatRequest, target: Target, call: Call): Pick<ReplyFacts, 'dropped' | 'isNative'>;
  /** @throws {UpstreamFailure} for everything that goes wrong on the wire, also while `batches` is read. */
  send(request: ChatRequest, target: Target, call: Call): Promise<Reply>;
  /**
   * Goes on with one text, or fills its gap, at an endpoint made for that.
   * @returns nothing where it has none for this model: then a chat has to do
   */
  complete?(request: ChatRequest, gap: Gap, target: Target, call: Call): Promise<Reply> | undefined;
  /** Makes a vector of each message's text. @throws {UpstreamFailure} when there is not one for each */
  embed?(request: ChatRequest, target: Target, call: Call): Promise<WholeReply>;
  /**
   * Tokens of a conversation in its own wire, free of charge; nothing where it is written in another.
   * @throws {UpstreamFailure}
   */
  countTokens?(native: NativeRequest, target: Target, call: Call): Promise<number | undefined>;
  /** As many stop sequences a target takes in a chat; any number without it. At the others its answer is cut here. */
  mostStops?(target: Target): number | undefined;
  /** Whether it takes this stop sequence; any without it. */
  takesStop?(stop: string): boolean;
  /** Closes idle connections at shutdown. */
  close?(): Promise<void>;
}

/** The text that a completion belongs to. */
export interface Gap {
  readonly prefix: string;
  /** Absent where the text only has to go on. */
  readonly suffix: string | undefined;
  /** The prompt as it came, where that is in the control tokens of some model. */
  readonly inControlTokens?: string;
}

/** What a call carries besides the request. */
export interface Call {
  /** Aborts the upstream call at once, wherever it is. */
  readonly signal: AbortSignal;
  /** Sent to the provider as they are (demo mode passes `x-simulate` to the simulator this way). */
  readonly headers?: Readonly<Record<string, string>>;
  /** The caller wants every parameter honoured: leaving one out is a failure. */
  readonly strictParams?: boolean;
  /** What the door could not translate, which only a provider of its own wire gets. */
  readonly droppedByDoor?: readonly string[] | undefined;
  /** Told of each piece of a reply as it arrives, a comment or a ping as well: the provider is alive. */
  readonly onBytes?: () => void;
  /** The request as its caller wrote it: a provider of that wire sends it with no more changed than must be. */
  readonly native?: NativeCall | undefined;
  /** The body that the request was read from: what of it goes on unchanged is sent as it came. */
  readonly source?: object | undefined;
  /** Another model of this provider is asked first: thinking of the past is bound to that one. */
  readonly isOtherModel?: boolean;
}

/** A request as it came in, where the provider speaks the same wire, and what was put around it. */
export interface NativeCall extends NativeRequest {
  /** Stands in front of the caller's own system prompt. */
  readonly guardrail?: string | undefined;
  /** Comes after the conversation: it asks to go on with an answer that broke off. */
  readonly appended?: ChatMessage | undefined;
}

/** An answer arrives whole or as a stream, as the request asked: the type says which, so nothing is faked. */
export type Reply = WholeReply | StreamReply;

interface ReplyFacts {
  /** Request parameters this provider cannot take, left out because they do not change the meaning. */
  readonly dropped?: readonly string[];
  /** The request went as its caller wrote it, so that nothing was lost in translation. */
  readonly isNative?: boolean;
  /** The provider's rate-limit and request-id headers, lower-cased. */
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

/** An answer that came at once. */
export interface WholeReply extends ReplyFacts {
  readonly kind: 'whole';
  readonly completion: ChatCompletion;
  /** The text it came as, where that says just what the completion says. */
  readonly json?: string | undefined;
  /** What it was on the wire of its caller. */
  readonly native?: NativeAnswer | undefined;
}

/** An answer that comes piece by piece. */
export interface StreamReply extends ReplyFacts {
  readonly kind: 'stream';
  /**
   * Chunks that arrived in one read come as one batch, so that they can leave in one write. Leaving early aborts the
   * upstream call.
   */
  readonly batches: ChunkStream;
}

/** One deployment of a model: where to send a request and under which terms. Built from the configuration. */
export interface Target {
  /** `provider/upstream-model`, as in `x-model` and `x-attempts`. */
  readonly id: string;
  /** The short name from the configuration (`codellama`). */
  readonly name: string;
  readonly provider: string;
  /** The model id on the provider's wire. */
  readonly model: string;
  readonly apiKey: string | undefined;
  /** Equal for targets behind the same provider key; says nothing of the key itself. */
  readonly credential: string;
  readonly baseUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  /** Extra tries on this target after the first, where the failure's kind allows. */
  readonly retries: number;
  /** Tokens the model can read, input and output together; `undefined` when unknown. */
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly dropParams: readonly string[];
  /** What is known of the model, above what holds for its provider. */
  readonly capabilities: Capabilities;
  /** Of the two wires that OpenAI speaks, the one to use in any case; without it the model and the request decide. */
  readonly wire?: OpenAiWire | undefined;
  readonly price: Price | undefined;
  /** Shares its model's load with other deployments of it. */
  readonly balance?: Balance;
  /** Takes this target's place while the provider says the model is gone. */
  readonly successor: Target | undefined;
}

/** By which of OpenAI's two APIs a target is asked. */
export type OpenAiWire = 'chat' | 'responses';

/** A deployment's part in its model's load. */
export interface Balance {
  /** The model's name: the same for all its deployments. */
  readonly group: string;
  readonly strategy: 'weighted' | 'least_busy' | 'lowest_latency' | 'order';
  readonly weight: number;
}

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly firstToken: number;
  /** The first token's limit where the model may think or load first; without it, the attempt's whole time. */
  readonly thinking?: number;
  readonly idle: number;
  readonly attempt: number;
}

/** US dollars per million tokens, by class. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cached_input?: number;
  readonly cache_write?: number;
}
