/**
 * Demo mode: with no provider key at all, the built-in simulator stands in for Together, OpenAI, Anthropic and
 * PromptLayer over real loopback HTTP, so that a newcomer sees answers, streams and fallbacks at once. Never in
 * production, and always said aloud.
 */
import { ConfigurationError, type Environment } from './config/environment.ts';
import { PROVIDER_NAMES, providerRegistry } from './providers/registry.ts';
import type { Simulator } from './simulator/simulator.ts';

export interface Demo {
  readonly environment: Environment;
  readonly simulator: Simulator;
}

/** Names of every variable that holds a provider key. */
const KEY_NAMES = PROVIDER_NAMES.flatMap((name) => providerRegistry[name].keys);

/**
 * True when nothing is set that could answer: no key, and no configuration file that may name a local model.
 * @throws {ConfigurationError} in production, where a simulated answer would be a lie
 */
export function needsDemo(environment: Environment, hasConfigFile: boolean): boolean {
  if (hasConfigFile || KEY_NAMES.some((name) => environment[name]?.trim())) return false;
  if (environment.NODE_ENV === 'production') {
    throw new ConfigurationError([
      `no provider key is set: set at least one of ${KEY_NAMES.join(', ')} (or CONFIG_FILE for local models); ` +
        'the demo mode that would start without one is not for NODE_ENV=production',
    ]);
  }
  return true;
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
