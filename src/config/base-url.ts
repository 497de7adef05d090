/** Base URLs as people write them, made into the form that providers are called with. */

/** Paths of endpoints, which are copied with the address out of documentation. */
const ENDPOINT = /\/(?:chat\/completions|completions|embeddings|responses|messages|models|predictions|chat)$/;

/**
 * @param home the provider's usual base URL, whose path stands in where none is written
 * @returns the URL, or what is wrong with it in words that follow the name of the setting (and do not quote a secret)
 */
export function normalizeBaseUrl(
  given: string,
  home: string | undefined,
): { url: string } | { problem: string } {
  const text = unquoted(given);
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `${schemeFor(text)}://${text}`);
  const isWord = /^[\w-]+$/.test(text) && text !== 'localhost';
  if (!url || isWord || url.hostname === '' || /\s/.test(text))
    return { problem: 'must be a URL such as https://example.com/v1' };
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { problem: `must be a URL that begins with http:// or https://, not ${url.protocol}//` };
  if (url.username !== '' || url.password !== '')
    return {
      problem:
        'must not hold a name or password: set a key, or a header in the configuration file (headers: {authorization: …})',
    };
  url.hash = '';
  const path = url.pathname.replace(/\/{2,}/g, '/').replace(/\/$/, '');
  const base = path.replace(ENDPOINT, '');
  // Deployments of Azure are called by their whole path, which its own rules understand.
  const isWhole = path.includes('/deployments/');
  const usual = home === undefined ? '' : new URL(home).pathname.replace(/\/$/, '');
  url.pathname = isWhole ? path : base || usual;
  return { url: url.href.replace(/\/$/, '') };
}

/** A host on this machine or in this network, or one with a port of its own, seldom has a certificate. */
function schemeFor(text: string): string {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?/.exec(text)!;
  if (port !== undefined) return port === '443' ? 'https' : 'http';
  return !host.includes('.') || /^[\d.]+$/.test(host) ? 'http' : 'https';
}

/** What editors, shells and mounted files leave around a value. */
export function unquoted(value: string): string {
  const text = value.trim();
  return (/^(["'])(.*)\1$/s.exec(text)?.[2] ?? text).trim();
}
