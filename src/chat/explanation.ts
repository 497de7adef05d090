/** What would become of a request, in the words of `POST /v1/explain`. What is not known is `null` or `unknown`, never a guess. */

/** The reply of the route. */
export interface Explanation {
  /** The chain or model that its name leads to. */
  readonly chain: string;
  /** In the order of the chain. */
  readonly targets: readonly ExplainedTarget[];
  readonly tokens: {
    /** What is to be read, the guardrail included. */
    readonly input: number;
    /** `false`: by a tokeniser of OpenAI's; the provider may count otherwise. */
    readonly exact: false;
  };
  readonly cache: {
    readonly exact: 'hit' | 'miss' | 'bypass';
    readonly semantic: 'hit' | 'miss' | 'bypass' | 'unknown';
  };
  readonly admission: {
    readonly verdict: 'admitted' | 'refused';
    /** The limit that refuses it. */
    readonly limit: string | null;
    /** What is left before the call, of the limits there are. */
    readonly remaining: {
      readonly requests?: number;
      readonly tokens?: number;
      readonly budget_usd?: number;
    };
    /** What the caller would be told, and when it is worth asking again. */
    readonly error?: { readonly code: string; readonly message: string };
    readonly retry_after_s?: number;
  };
  readonly guard: { readonly guardrail: boolean };
  /** The target that would be asked first; `null` when nobody would be. */
  readonly would_ask: string | null;
  /** Deployments that share a load: it could be any of these. */
  readonly would_ask_one_of?: readonly string[];
}

/** What one target would do with the request. */
export interface ExplainedTarget {
  /** `provider/upstream-model`. */
  readonly target: string;
  readonly state: 'up' | 'failing' | 'cooling' | 'probing';
  /** Seconds until it may be asked; 0 when it may be now. */
  readonly recovers_in_s: number;
  /** Names of what would be left out, as `x-dropped-params` would say. */
  readonly drops: readonly string[];
  /** Features made of something else the provider has. */
  readonly emulates: readonly string[];
  /** Why it would be passed over before anything is sent. */
  readonly refuses?: string;
  /** Whether prompt and output cap fit; `null` where the window is unknown. */
  readonly window_ok: boolean | null;
  /** All of the prompt's bound and of the output cap; `null` where a price or a cap is unknown. */
  readonly worst_case_usd: number | null;
  /** With as much output as its last answers had; `null` before the first, or where the price is unknown. */
  readonly expected_usd: number | null;
}
