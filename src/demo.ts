/**
 * Demo mode: with no provider key at all, the built-in simulator stands in for Together, OpenAI, Anthropic and
 * PromptLayer over real loopback HTTP, so that a newcomer sees answers, streams and fallbacks at once. Never in
 * production, and always said aloud.
 */

import type { Config } from './config/config.ts';
import { demoDatabaseUrl } from './config/demo-mode.ts';
import type { Environment } from './config/environment.ts';
import type { Simulator } from './simulator/simulator.ts';

/** A simulator that runs, and the environment with its addresses and keys in it. */
export interface Demo {
  readonly environment: Environment;
  readonly simulator: Simulator;
}

/** Starts the simulator and an environment that points every provider at it. */
export async function startDemo(environment: Environment): Promise<Demo> {
  const { startSimulator } = await import('./simulator/simulator.ts');
  const simulator = await startSimulator({
    firstTokenMs: 150,
    tokenMs: 25,
    callsKept: 10,
    note: '(This answer is simulated: the server runs in demo mode, without a provider key.)',
  });
  const { together, openai, anthropic, promptlayer } = simulator.baseUrls;
  return {
    simulator,
    environment: {
      ...environment,
      DATABASE_URL: demoDatabaseUrl(environment),
      TOGETHER_API_KEY: 'simulated',
      TOGETHER_BASE_URL: together,
      OPENAI_API_KEY: 'simulated',
      OPENAI_BASE_URL: openai,
      ANTHROPIC_API_KEY: 'simulated',
      ANTHROPIC_BASE_URL: anthropic,
      PROMPTLAYER_API_KEY: 'simulated',
      PROMPTLAYER_BASE_URL: promptlayer,
    },
  };
}

/** Milliseconds; half of what one would wait for before wondering. */
const HEDGE_AFTER = 500;

/** With a chain `hedged` besides, so that a hedge can be seen: the second model is asked when the first one is slow. */
export function withHedgedChain(config: Config): Config {
  const usual = config.chains.get('default');
  if (!usual || config.chains.has('hedged')) return config;
  return {
    ...config,
    chains: new Map([...config.chains, ['hedged', { ...usual, hedgeAfter: HEDGE_AFTER }]]),
  };
}
