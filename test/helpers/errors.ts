/** What providers throw, from the bytes they send. */

import { errorInBody } from '../../src/failures/provider-error.ts';
import { UpstreamFailure } from '../../src/failures/upstream-failure.ts';
import { eventFailure } from '../../src/providers/openai-wire.ts';

/** A reply with an error status. */
export function errorReply(
  status: number,
  body: object | string,
  headers: Record<string, string> = {},
): UpstreamFailure {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new UpstreamFailure({
    message: `the provider answered ${status}`,
    status,
    headers,
    body: text,
    ...errorInBody(text),
  });
}

/** An error that comes as an event of a stream which began with status 200. */
export function errorEvent(event: object): UpstreamFailure {
  return eventFailure(event, 'the provider');
}

export function networkError(code: string): UpstreamFailure {
  return new UpstreamFailure({ message: `The connection failed (${code}).`, network: code });
}

export function timeout(phase: 'connect' | 'first_token' | 'idle' | 'attempt'): UpstreamFailure {
  return new UpstreamFailure({ message: `no ${phase} in time`, timeout: phase });
}
