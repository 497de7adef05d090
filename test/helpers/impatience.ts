/**
 * Deadlines that a test waits for have to be short, and a busy machine misses short deadlines that are none of the test's
 * business. So only the model that falls silent gets them, and only where it does.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../../src/config/environment.ts';
import { temporaryFolder } from './databases.ts';

const MODELS = {
  codellama: 'provider: together, model: togethercomputer/CodeLlama-34b-Instruct',
  'gpt-4': 'provider: openai, model: gpt-4',
} as const;

/** Time enough for the question to arrive before it is given up; the whole try has more than its first token. */
const SILENT = '1s';
const WHOLE = '2s';

/** @param fault of the simulator, for ever; of one that never falls silent nothing is short. */
export function impatientWith(model: keyof typeof MODELS, fault: string): Environment {
  const [name] = fault.split(':');
  if (name !== 'hang' && name !== 'stall' && name !== 'stall_mid') return {};
  // What stalls in mid answer has begun before.
  const silence = name === 'stall_mid' ? 'idle' : 'first_token';
  const file = join(temporaryFolder(), 'models.yaml');
  const timeouts = `timeouts: { ${silence}: ${SILENT}, attempt: ${WHOLE} }`;
  writeFileSync(file, `models:\n  ${model}: { ${MODELS[model]}, ${timeouts} }\n`);
  return { CONFIG_FILE: file };
}
