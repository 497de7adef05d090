/** What an official SDK says about a request before its body: where it goes and under which headers. Asked once for each target. */
import type { Target } from './provider.ts';

/** Where a call goes. The headers hold the provider's key. */
export interface PreparedRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The part of the three official SDK clients that prepares a request; they share one generator. */
interface RequestBuilder {
  buildRequest(options: { method: 'post'; path: string; body: unknown }): Promise<{
    req: { headers: Headers };
    url: string;
  }>;
}

/** What the SDKs tell of the machine they run on; no provider needs it, and every header costs a microsecond a call. */
const TELEMETRY = 'x-stainless-';

/**
 * Asks the SDK for the URL and headers of a call once; they are the same for every later call, so a request then
 * costs no more than its own body. The SDKs are asked with `maxRetries: 0` in any case: the router owns the attempts.
 */
export async function prepareRequest(
  client: unknown,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<PreparedRequest> {
  const { req, url } = await (client as RequestBuilder).buildRequest({ method: 'post', path, body: {} });
  const { origin, pathname, search } = new URL(url);
  const all = Object.fromEntries([...req.headers].filter(([name]) => !name.startsWith(TELEMETRY)));
  for (const [name, value] of Object.entries(headers)) all[name.toLowerCase()] = value;
  return { origin, path: pathname + search, headers: all };
}

/** Work that depends on a target alone is done at its first call and kept as long as the target lives. */
export function memoizePerTarget<Value>(
  make: (target: Target) => Promise<Value>,
): (target: Target) => Promise<Value> {
  // Keyed weakly: a reloaded configuration makes new targets and the old ones' values go with them.
  const made = new WeakMap<Target, Promise<Value>>();
  return (target) => {
    let value = made.get(target);
    if (!value) {
      value = make(target);
      made.set(target, value);
      value.catch(() => made.delete(target));
    }
    return value;
  };
}
