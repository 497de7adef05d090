/** Follows docs/adding.md: the door in the guide is taken from its text and must work. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { ChatEndpoint } from '../../src/api/endpoint.ts';
import { endpoints } from '../../src/api/endpoints.ts';
import { openApiDocument } from '../../src/api/openapi/openapi.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../../src/core/openai-types.ts';
import { WholeAnswer } from '../../src/core/whole-answer.ts';
import { Failure } from '../../src/failures/failure.ts';

async function doorOfTheGuide(): Promise<ChatEndpoint> {
  const guide = readFileSync('docs/adding.md', 'utf8');
  const code = /```ts\n(\/\*\* Quiz[\s\S]*?)```/
    .exec(guide)![1]!
    .replaceAll("from '../../", `from '${pathToFileURL('src/').href}`)
    .replaceAll("from '../", `from '${pathToFileURL('src/api/').href}`)
    .replaceAll("from 'zod'", `from '${import.meta.resolve('zod')}'`);
  const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'quiz.ts');
  writeFileSync(file, code);
  return ((await import(pathToFileURL(file).href)) as { quiz: ChatEndpoint }).quiz;
}

it('the door of the guide reads, answers whole and in events, and has errors and a description of its own', async () => {
  const quiz = await doorOfTheGuide();
  const context = { headers: {}, params: {}, query: '' };
  const { parsed, reply } = quiz.format.parse({ question: 'Why?', stream: true }, context);
  expect(parsed.request).toEqual({ messages: [{ role: 'user', content: 'Why?' }], stream: true });
  expect(() => quiz.format.parse({ question: 7 }, context)).toThrow('Send {"question"');

  const answer = { choices: [{ message: { content: 'Because.' } }] } as unknown as ChatCompletion;
  expect(reply.whole(WholeAnswer.of(answer), 'req_1')).toBe('{"answer":"Because."}');
  const chunk = (content: string) => ({ choices: [{ delta: { content } }] }) as ChatCompletionChunk;
  const writer = reply.events('req_1');
  expect(writer.chunks([chunk('Be'), chunk('cause.')])).toBe('data: {"piece":"Because."}\n\n');
  expect(writer.chunks([chunk('')])).toBe('');
  expect(writer.end(undefined)).toBe('data: {"done":true}\n\n');

  const failure = new Failure('rate_limited', 'Too soon.');
  const shown = { wrong: 'rate_limited', say: 'Too soon.', id: 'req_1' };
  expect(quiz.format.error(failure, 'req_1', {}).body).toEqual(shown);
  expect(writer.failure(failure, 'req_1')).toBe(`data: ${JSON.stringify(shown)}\n\n`);

  const document = openApiDocument([...endpoints, quiz], '1') as {
    paths: Record<string, { post: { summary: string; responses: { default: object } } }>;
  };
  expect(document.paths['/quiz']!.post.summary).toBe('Answers one question');
  expect(JSON.stringify(document.paths['/quiz']!.post.responses.default)).toContain('"wrong"');
});
