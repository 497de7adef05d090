/** One call of the soak, and the verdict on what came back. */
import type { Pool } from 'undici';

/** What every provider answers in the soak: prose, code, indentation and characters of several bytes. */
export const TEXT =
  'Here is “hello world” — naïve, but a good first test:\n\n```python\ndef hello(name: str = "世界") -> None:\n' +
  '    """Prints a greeting."""\n    if name:\n        print(f"Hello, {name}! 👋🏽")\n\nhello()\n```\n\n' +
  'The function takes one optional argument and prints one line. Call it without an argument to greet everyone.';

export interface Tally {
  readonly outcomes: Map<string, number>;
  /** Milliseconds. */
  readonly latencies: number[];
  /** Answers that were not what they said they were; there must be none. */
  readonly lies: string[];
}

export function newTally(): Tally {
  return { outcomes: new Map(), latencies: [], lies: [] };
}

/** Never rejects. */
export async function ask(pool: Pool, random: () => number, tally: Tally, key?: string): Promise<void> {
  const stream = random() < 0.6;
  const hangsUp = random() < 0.05;
  // Some questions come often, so that the cache and shared flights have work.
  const prompt = random() < 0.2 ? `question ${Math.floor(random() * 5)}` : `question ${random()}`;
  const hanging = new AbortController();
  if (hangsUp) setTimeout(() => hanging.abort(), random() * 200);
  const sentAt = performance.now();
  let outcome: string;
  try {
    const reply = await pool.request({
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ prompt, stream }),
      signal: hanging.signal,
    });
    const text = await reply.body.text();
    outcome = verdict(stream, reply.statusCode, text, tally);
    if (reply.statusCode === 200) tally.latencies.push(performance.now() - sentAt);
  } catch (error) {
    outcome = hangsUp ? 'hung up' : `broken connection: ${(error as Error).message}`;
    if (!hangsUp) tally.lies.push(outcome);
  }
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
}

function verdict(stream: boolean, status: number, text: string, tally: Tally): string {
  if (status !== 200) {
    const { error } = JSON.parse(text) as { error: { code: string; message: string } };
    if (!error.message) tally.lies.push(`an error without a message: ${text.slice(0, 200)}`);
    return `${status} ${error.code}`;
  }
  if (!stream) {
    const content = (JSON.parse(text) as Completion).choices[0]!.message!.content;
    if (content !== TEXT) tally.lies.push(`whole: ${JSON.stringify(content).slice(0, 300)}`);
    return 'whole answer';
  }
  const events = text.split('\n\n').filter((event) => event.startsWith('data: '));
  const isDone = events.at(-1) === 'data: [DONE]';
  const chunks = events
    .filter((event) => event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.slice(6)) as Chunk);
  const content = chunks.map((chunk) => chunk.choices?.[0]?.delta?.content ?? '').join('');
  const failure = chunks.find((chunk) => chunk.error);
  if (failure && isDone) tally.lies.push('an error event and [DONE]');
  if (!failure && !isDone) tally.lies.push(`neither [DONE] nor an error: …${text.slice(-200)}`);
  if (isDone && content !== TEXT) tally.lies.push(`streamed: ${JSON.stringify(content).slice(0, 500)}`);
  if (failure) return `stream ended in ${failure.error!.code}`;
  return chunks.some((chunk) => chunk.x_stitched) ? 'stitched stream' : 'whole stream';
}

interface Completion {
  choices: { message?: { content: string } }[];
}
interface Chunk {
  choices?: { delta?: { content?: string } }[];
  error?: { code: string };
  x_stitched?: boolean;
}
