/** What `doctor` says about a GPTCache server: whether it answers, and whether it gives back what was put. */
import { randomUUID } from 'node:crypto';
import { GptCacheClient, type GptCacheClientOptions } from './client.ts';

/** The result, as a sentence whose subject is the server. */
export interface GptCacheCheck {
  readonly isWorking: boolean;
  readonly text: string;
}

/** Puts a question that nobody asks and gets it back. Never rejects. */
export async function checkGptCache(options: GptCacheClientOptions): Promise<GptCacheCheck> {
  const client = new GptCacheClient({ timeout: 2_000, ...options });
  const key = `codellama-doctor ${randomUUID()}`;
  if (!(await client.put(key, key)))
    return { isWorking: false, text: 'does not take an answer (POST /put failed)' };
  const found = await client.get(key);
  if (found === undefined)
    return { isWorking: false, text: 'took an answer but does not give it back (POST /get)' };
  if (found !== key)
    return { isWorking: false, text: 'gives back the answer to another question for an exact one' };
  return { isWorking: true, text: 'takes answers and gives them back' };
}
