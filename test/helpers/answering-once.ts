/** A gateway to a provider that answers only when so many requests wait for one and the same answer. */
import type { Environment } from '../../src/config/environment.ts';
import { type RunningGateway, startBareGateway } from './gateway.ts';
import { type RawReply, type RawUpstream, startRawUpstream } from './raw-upstream.ts';

/** OpenAI is the provider. @param count requests, of which all but one have joined another */
export async function startAnsweringOnce(
  count: number,
  reply: RawReply,
  environment: Environment = {},
): Promise<RunningGateway & { readonly upstream: RawUpstream }> {
  const waiting = Promise.withResolvers<void>();
  const upstream = await startRawUpstream({ ...reply, after: waiting.promise });
  const gateway = await startBareGateway({
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: `${upstream.url}/v1`,
    ...environment,
  });
  let joined = 0;
  gateway.events.subscribe({
    name: 'test',
    listensTo: ['cache_checked'],
    onEach(event) {
      if (event.type === 'cache_checked' && event.verdict === 'coalesced') joined += 1;
      if (joined === count - 1) waiting.resolve();
    },
  });
  return { ...gateway, upstream };
}
