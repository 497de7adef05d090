/** Which endpoint a request is for. */
import { storable } from '../accounts/storable.ts';
import type { Endpoint } from '../api/endpoint.ts';

/** The endpoint that a method and path lead to. */
export interface Match {
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
  /** What follows the `?`. */
  readonly query: string;
  /** False where the path is known and the method is not; any endpoint of the path stands for its error format then. */
  readonly takesMethod: boolean;
  /** The methods the path takes. */
  readonly allow: string;
}

interface Pattern {
  readonly expression: RegExp;
  readonly endpoints: Endpoint[];
}

const NO_PARAMS: Match['params'] = {};
/** Parameters that cannot be read. */
export const MALFORMED: Readonly<Record<string, string>> = {};

/** @returns a look-up by method and URL; `undefined` for a path no endpoint has */
export function routeTable(endpoints: readonly Endpoint[]) {
  const byPath = new Map<string, Endpoint[]>();
  const patterns = new Map<string, Pattern>();
  for (const endpoint of endpoints) {
    for (const path of endpoint.paths) {
      if (path.includes('{')) {
        const pattern = patterns.get(path) ?? { expression: expressionOf(path), endpoints: [] };
        pattern.endpoints.push(endpoint);
        patterns.set(path, pattern);
      } else byPath.set(path, [...(byPath.get(path) ?? []), endpoint]);
    }
  }

  return (method: string, url: string): Match | undefined => {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const plain = byPath.get(path) ?? byPath.get(normalized(path));
    if (plain) return choose(plain, method, NO_PARAMS, query);
    for (const { expression, endpoints: of } of patterns.values()) {
      const found = expression.exec(path);
      if (found) return choose(of, method, decoded(found.groups ?? {}), query);
    }
    return undefined;
  };
}

function choose(of: readonly Endpoint[], method: string, params: Match['params'], query: string): Match {
  const found =
    of.find((endpoint) => endpoint.method === method) ??
    (method === 'HEAD' ? of.find((endpoint) => endpoint.method === 'GET') : undefined);
  const allow = of.map((endpoint) => endpoint.method).join(', ');
  return { endpoint: found ?? of[0]!, params, query, takesMethod: found !== undefined, allow };
}

/** As Express takes paths: in any case, with or without a slash at the end. */
function normalized(path: string): string {
  const lower = path.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}

function expressionOf(path: string): RegExp {
  const source = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\\\*\}/g, '(?<$1>.+?)')
    .replace(/\{(\w+)\}/g, '(?<$1>[^/]+?)');
  return new RegExp(`^${source}/?$`);
}

/** @returns `MALFORMED` where one is no valid percent-encoding */
function decoded(groups: Record<string, string>): Match['params'] {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value]) => [name, storable(decodeURIComponent(value))]),
    );
  } catch {
    return MALFORMED;
  }
}
