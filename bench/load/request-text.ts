/** Requests as the text that is sent, put together once but for the number that makes a question new. */
import { shapeText } from '../servers/fixtures.ts';
import { chatTurn, messagesTurn } from './agent-turn.ts';
import type { Question, Target } from './job.ts';

let serial = 0;
const PLACE = '~'.repeat(12);

const bodies: Record<Target['form'], (prompt: string) => object> = {
  prompt: (prompt) => ({ prompt }),
  messages: (prompt) => ({ model: 'gpt-4', messages: [{ role: 'user', content: prompt }] }),
  'agent on chat': chatTurn,
  'agent on messages': messagesTurn,
};

/** @returns a function that gives the next request */
export function requestTexts({ port, path, headers, form }: Target, question: Question): () => string {
  const { stream } = question;
  const prompt = `write hello world, variant ${PLACE}${stream ? ` ${shapeText(stream)}` : ''}`;
  const body = JSON.stringify({ ...bodies[form](prompt), ...(stream && { stream: true }) });
  const head = Object.entries({
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  const text = [`POST ${path} HTTP/1.1`, ...head, '', body].join('\r\n');
  if (!question.isNew) {
    const always = text.replace(PLACE, 'the same one');
    return () => always;
  }
  const [before, after] = text.split(PLACE) as [string, string];
  return () => before + `${process.pid % 1_000}-${serial++}`.padStart(PLACE.length, 'x') + after;
}
