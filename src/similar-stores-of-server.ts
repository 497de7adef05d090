import type { Accounts } from './accounts/accounts.ts';
import type { ChatDependencies } from './chat/incoming.ts';
import type { Config } from './config/config.ts';
import type { GatewayDependencies } from './gateway.ts';

/** The stores that answer other words for the same question, as the settings have them; loaded only where they are switched on. */
export async function similarStoresOf(
  settings: Config['settings'],
  { sharedValues }: Pick<Accounts, 'sharedValues'>,
  chat: () => ChatDependencies,
): Promise<GatewayDependencies['similarStores']> {
  const { SEMANTIC_CACHE: mode, GPTCACHE_URL: url } = settings;
  if (mode === 'off' && !url) return undefined;
  const { similarStores } = await import('./cache/similar-stores.ts');
  const { judgeModel } = await import('./semantic-judge.ts');
  const { SEMANTIC_JUDGE: judge, SEMANTIC_JUDGE_BUDGET_USD: judgeBudget } = settings;
  const options = {
    mode,
    budget: settings.SEMANTIC_BUDGET,
    limit: settings.SEMANTIC_STRICTNESS,
    maxBytes: settings.SEMANTIC_MAX_MB * 1024 * 1024,
    allowsMultiTurn: settings.SEMANTIC_MULTI_TURN,
    synonyms: settings.SEMANTIC_SYNONYMS.replaceAll(';', '\n'),
    ttl: settings.CACHE_TTL,
    sharedIndex: sharedValues,
    judge: judge ? { ask: judgeModel(chat, judge), budget: judgeBudget } : undefined,
    gptCache: url
      ? { url, secret: settings.GPTCACHE_SECRET ?? '', timeout: settings.GPTCACHE_TIMEOUT }
      : undefined,
  };
  return (exact, surroundings) => similarStores(options, exact, surroundings);
}
