/** A route of the public API as data; `http/` serves all of them in one way. */
import type { SemanticStore } from '../cache/semantic/semantic-store.ts';
import type { Caller } from '../chat/admission.ts';
import type { CallContext, ChatDependencies } from '../chat/incoming.ts';
import type { ModelListing } from '../chat/model-list.ts';
import type { HealthReport } from '../health/health-report.ts';
import type { Readiness } from '../health/readiness.ts';
import type { TargetHealths } from '../routing/target-health.ts';
import type { ApiFormat, ErrorFormat, HeaderList, RequestContext } from './api-format.ts';

interface Route {
  /** A `GET` route answers `HEAD`, too. */
  readonly method: 'GET' | 'POST' | 'HEAD' | 'DELETE';
  /** A segment may hold one parameter in braces: `/v1beta/models/{model}:generateContent`; `{id*}` takes slashes, too. */
  readonly paths: readonly string[];
}

/** Goes through the chat pipeline. */
export interface ChatEndpoint extends Route {
  readonly kind: 'chat';
  readonly format: ApiFormat;
}

/** Answers in one piece by a function of its own: model lists, token counts, embeddings. */
export interface PlainEndpoint extends Route {
  readonly kind: 'plain';
  readonly format: ErrorFormat;
  /** `anyone`: without a key; `admin`: the administrator, or this machine in open mode. */
  readonly access: 'caller' | 'anyone' | 'admin';
  /** Where `access` is `anyone`: whether it matters who asks; `call` is there then if the caller could be identified. */
  identifies?(context: RequestContext): boolean;
  /** A JSON body is read and validated by `answer`. */
  readonly hasBody?: boolean;
  /** A model may be called: it counts against the limit on concurrent calls and is waited for at a drain. */
  readonly isCall?: boolean;
  /** @throws {Failure} */
  answer(call: PlainCall, services: ApiServices): PlainReply | Promise<PlainReply>;
}

export type Endpoint = ChatEndpoint | PlainEndpoint;

export interface PlainCall extends RequestContext {
  /** `undefined` without `hasBody`. */
  readonly body: unknown;
  /** Who calls, when, and whether they are still there; absent where `access` is `anyone` and nobody was identified. */
  readonly call: CallContext | undefined;
}

export interface PlainReply {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: HeaderList;
  /** Sent as JSON; nothing is sent where it is absent. */
  readonly body?: object;
}

/** What endpoints may use of the gateway; read at each request, since the configuration may change. */
export interface ApiServices {
  readonly chat: () => ChatDependencies;
  readonly models: {
    readonly list: (caller: Caller) => readonly ModelListing[];
    /** @throws {Failure} `invalid_request` (404) where there is none, `unauthorized` (403) where it is not the caller's */
    readonly find: (id: string, caller: Caller) => ModelListing;
  };
  /** The cache of similar questions, where it is switched on. */
  readonly semantic: () => Pick<SemanticStore, 'report' | 'reportWrong'> | undefined;
  /** Each target's state, for the administrator. */
  readonly targetHealths: () => TargetHealths;
  readonly health: {
    readonly readiness: () => Readiness;
    readonly report: () => Promise<HealthReport>;
  };
}
