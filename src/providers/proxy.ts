/**
 * Which proxy a provider is called through: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as curl and most programs read
 * them (everything.curl.dev, "Proxy environment variables").
 */
import { BlockList, isIP } from 'node:net';

/** The three variables, read. */
export interface ProxySettings {
  /** URL of the proxy for https addresses; `undefined` calls them directly. */
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Names, `.domains`, addresses, `10.0.0.0/8`, each perhaps with a port, that are called directly; `*` for all. */
  readonly except: readonly string[];
}

/** Every provider is called directly. */
export const NO_PROXIES: ProxySettings = { https: undefined, http: undefined, except: [] };
/** Chromium's word in a list of exceptions: this machine's own addresses go through the proxy as well. */
const ALSO_LOOPBACK = '<-loopback>';

/** @returns the URL of the proxy, or `undefined` for a direct connection */
export function proxyFor(origin: string, { https, http, except }: ProxySettings): string | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const proxy = protocol === 'https:' ? https : http;
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isLoopback(host) && !except.includes(ALSO_LOOPBACK)) return undefined;
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return except.some((exception) => isExcepted(host, ownPort, exception)) ? undefined : proxy;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\./.test(host);
}

function isExcepted(host: string, ownPort: string, exception: string): boolean {
  if (exception === '*') return true;
  const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(
    isIP(exception) === 6 ? `[${exception}]` : exception,
  )!;
  if (port !== undefined && port !== ownPort) return false;
  const bare = name
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '');
  if (bare.includes('/')) return isInNetwork(host, bare);
  return host === bare || (bare !== '' && host.endsWith(`.${bare}`));
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', prefix = ''] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(host) !== isIP(address) || isIP(address) === 0) return false;
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), family);
  return list.check(host, family);
}
