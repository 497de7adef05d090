/** A route of the public API as data; `http/` serves all of them in one way. */

import type { AuditLog } from '../accounts/keys/audit-log.ts';
import type { Key } from '../accounts/keys/key.ts';
import type { KeyAdmin } from '../accounts/keys/key-admin.ts';
import type { KeyNames } from '../accounts/keys/key-names.ts';
import type { ProjectAdmin } from '../accounts/keys/project-admin.ts';
import type { Ledger } from '../accounts/ledger/ledger.ts';
import type { LiveListeners } from '../accounts/ledger/live-listeners.ts';
import type { ReportLimit } from '../accounts/ledger/report-limit.ts';
import type { HitWatch } from '../cache/semantic/hit-watch.ts';
import type { SemanticStore } from '../cache/semantic/semantic-store.ts';
import type { Caller } from '../chat/admission.ts';
import type { Chain } from '../chat/chains.ts';
import type { Explanation } from '../chat/explanation.ts';
import type { CallContext, ChatDependencies, Incoming } from '../chat/incoming.ts';
import type { ModelListing } from '../chat/model-list.ts';
import type { HealthReport } from '../health/health-report.ts';
import type { Readiness } from '../health/readiness.ts';
import type { MetricsText } from '../metrics/metrics.ts';
import type { PromptTemplates } from '../promptlayer/prompt-templates.ts';
import type { TargetHealths } from '../routing/target-health.ts';
import type { TargetLatency } from '../routing/target-latency.ts';
import type { ApiFormat, ErrorFormat, HeaderList, RequestContext } from './api-format.ts';
import type { RouteDescription } from './openapi/route-description.ts';

/** Times a minute that tokens are counted for one caller, at each door: Claude Code asks for some thirty in a burst. */
export const COUNTS_PER_MINUTE = 300;

interface Route {
  /** A `GET` route answers `HEAD`, too. */
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PATCH' | 'DELETE';
  /** A segment may hold one parameter in braces: `/v1beta/models/{model}:generateContent`; `{id*}` takes slashes, too. */
  readonly paths: readonly string[];
  /** How the API's description tells of it; a route without has a line in `openapi/route-descriptions.ts`. */
  readonly description?: RouteDescription;
}

/** Goes through the chat pipeline. */
export interface ChatEndpoint extends Route {
  readonly kind: 'chat';
  readonly format: ApiFormat;
}

/** Answers by a function of its own, and not through the chat pipeline: model lists, token counts, keys, usage. */
export interface PlainEndpoint extends Route {
  readonly kind: 'plain';
  readonly format: ErrorFormat;
  readonly access: EndpointAccess;
  /** Where `access` is `anyone`: whether it matters who asks; `identity` is there then if the caller could be identified. */
  identifies?(context: RequestContext): boolean;
  /** A JSON body is read and validated by `answer`. */
  readonly hasBody?: boolean;
  /** Of that body; MAX_BODY_MB where it is absent. */
  readonly maxBodyBytes?: number;
  /** Browsers may ask for it from this server's own pages alone. */
  readonly isForOwnPages?: boolean;
  /**
   * As often anybody may ask in a minute, where a reply is work: free of the key's own limits, but no way to keep the server
   * busy. A route without has a bound of thousands, for all but administrators.
   */
  readonly perMinute?: number;
  /** A model may be called: it counts against the limit on concurrent calls and is waited for at a drain. */
  readonly isCall?: boolean;
  /** @throws {Failure} */
  answer(call: PlainCall, services: ApiServices): PlainReply | Promise<PlainReply>;
}

/** A route: one that asks a model in some format, or one that answers by itself. */
export type Endpoint = ChatEndpoint | PlainEndpoint;

/**
 * - `anyone`: without a key
 * - `caller`: whoever may call models
 * - `admin`: the administrator, or this machine in open mode
 * - `manager`: who may change keys and projects: in open mode only with OPEN_ADMIN
 * - `scraper`: the administrator, or who has METRICS_TOKEN
 */
export type EndpointAccess = 'anyone' | 'caller' | 'admin' | 'manager' | 'scraper';

/** Who sent a request: what they may call, and whether they may manage. */
export interface Identity {
  readonly caller: Caller;
  /** The caller key, when that is how they came in. */
  readonly key: Key | undefined;
  /** Sees the usage and receipts of everybody. */
  readonly isAdmin: boolean;
  /** Makes, changes and revokes keys and projects. */
  readonly mayManage: boolean;
  /** When they signed in with a browser: what ends with it. */
  readonly session?: { readonly token: string; readonly expiresAt: number };
}

/** What a plain endpoint is called with. */
export interface PlainCall extends RequestContext {
  /** `undefined` without `hasBody`. */
  readonly body: unknown;
  /** Who calls, when, and whether they are still there; absent where `access` is `anyone` and nobody was identified. */
  readonly call: CallContext | undefined;
  /** Absent where `call` is. */
  readonly identity: Identity | undefined;
  /** Asks again who calls, for replies that take long. @throws {Failure} when they may no more */
  identify(): Promise<Identity>;
  /** The caller's, for those who try keys out. */
  readonly address: string;
  /** The caller reached us, or a proxy before us, by TLS. */
  readonly isSecure: boolean;
}

/** What a plain endpoint replies; without a body, a text or events the reply is empty. */
export interface PlainReply {
  /** 200 when absent. */
  readonly status?: number;
  readonly headers?: HeaderList;
  /** Sent as JSON. */
  readonly body?: object;
  /** In place of JSON. */
  readonly text?: { readonly contentType: string; readonly text: string };
  /** In place of both: server-sent events, written no faster than they are read. Returns when the signal aborts. */
  readonly events?: (gone: AbortSignal) => AsyncIterable<string>;
}

/** What endpoints may use of the gateway; read at each request, since the configuration may change. */
export interface ApiServices {
  readonly chat: () => ChatDependencies;
  readonly models: {
    readonly list: (caller: Caller) => Promise<readonly ModelListing[]>;
    /** @throws {Failure} `invalid_request` (404) where there is none, `unauthorized` (403) where it is not the caller's */
    readonly find: (id: string, caller: Caller) => Promise<ModelListing>;
    /** Whether a request could name it; else what may have been meant. */
    readonly check: (name: string) => { readonly isKnown: boolean; readonly meant?: string | undefined };
    /** Everything the configuration names, and its other names. */
    readonly chains: () => readonly { readonly chain: Chain; readonly aliases: readonly string[] }[];
  };
  /** @throws {Failure} as the request itself would before its admission */
  readonly explain: (incoming: Incoming) => Promise<Explanation>;
  /** The cache of similar questions, where it is switched on. */
  readonly semantic: () => Pick<SemanticStore, 'report'> | undefined;
  /** Takes reports of wrong answers, where some store compares questions. */
  readonly hitWatch: () => Pick<HitWatch, 'reportWrong'> | undefined;
  /** Each target's state, for the administrator. */
  readonly targetHealths: () => TargetHealths;
  /** How long a target takes now. */
  readonly latencyOf: (target: string) => TargetLatency | undefined;
  /** What is configured, without secrets, and what is wrong with a configuration that was not taken. */
  readonly settings: () => SettingsReport;
  /** Absent without PROMPTLAYER_API_KEY. */
  readonly promptTemplates?: PromptTemplates | undefined;
  /** All figures in Prometheus's text format; absent where they are switched off. */
  readonly metrics: (() => Promise<MetricsText>) | undefined;
  readonly health: {
    readonly readiness: () => Readiness;
    readonly report: () => Promise<HealthReport>;
  };
  readonly accounts: {
    readonly keyAdmin: KeyAdmin;
    readonly projectAdmin: ProjectAdmin;
    readonly ledger: Ledger;
    readonly keyNames: KeyNames;
    readonly audit: AuditLog;
    readonly liveListeners: LiveListeners;
    readonly reportLimit: ReportLimit;
  };
  readonly sessions: SessionServices;
  /** What people are told of this server before they sign in. */
  readonly about: About;
}

/** Every setting as it holds; of a secret it says only that it is set. */
export interface SettingsReport {
  readonly data: readonly {
    readonly name: string;
    readonly value: string | null;
    readonly default: string | null;
    readonly source: 'environment' | 'file' | 'default' | 'unset';
    readonly secret: boolean;
  }[];
  readonly configFile: string | undefined;
  readonly problems: readonly string[];
}

/** Signing in with a browser. */
export interface SessionServices {
  /**
   * @param key the administrator's or a caller's
   * @throws {Failure} `unauthorized` for one that is not valid, `rate_limited` after too many of them
   */
  signIn(key: string, address: string): Promise<Identity>;
  signOut(token: string): Promise<void>;
}

/** What anybody is told of this server. */
export interface About {
  /** `keys`: ADMIN_KEY is set; `open`: this machine is served; `anonymous`: everyone is. */
  readonly mode: 'keys' | 'open' | 'anonymous';
  readonly demo: boolean;
  readonly version: string;
  /** Whether the ledger keeps the text of prompts. */
  readonly log_prompts: boolean;
}
