/** What receipts of an ordinary answer have in common. */

/** An answer of GPT-4 to the default chain: whole, at the first try, without a key. */
export const PLAIN_RECEIPT = {
  key_id: null,
  project: null,
  user: null,
  door: 'chat',
  agent: null,
  session: null,
  chain: 'default',
  model: 'gpt-4',
  provider: 'openai',
  stream: false,
  cache: 'miss',
  attempts: [],
  finish_reason: 'stop',
  stitched: false,
  client: 'completed',
  error: null,
} as const;
