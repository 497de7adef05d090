/** Which of the addresses that a reply names may be called. */

/**
 * The key goes with every call, so an address is followed only where the key is at home: where the target is, or over
 * TLS at Replicate itself (`api.replicate.com`, `stream.replicate.com`).
 * @param base the target's own address
 */
export function trustedUrl(address: unknown, base: URL): URL | undefined {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (!url) return undefined;
  const isReplicate = url.protocol === 'https:' && url.port === '' && url.hostname.endsWith('.replicate.com');
  const isOwn = url.origin === base.origin && url.origin !== 'null';
  return isReplicate || isOwn ? url : undefined;
}
