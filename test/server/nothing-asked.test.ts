/** Bodies that have the right form at first sight, and in which nobody asks anything: refused at each door, in its own words. */
import { describe, expect, it } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';

/** A whole number that a JavaScript number cannot hold. */
const LONG = '12345678901234567890';
const GEMINI = '/v1beta/models/codellama:generateContent';
const message = (content: string) =>
  `{"model": "codellama", "max_tokens": 9, "messages": [{"role": "user", "content": ${content}}]}`;

describe('nobody asks anything', () => {
  it.each([
    [
      '/v1/messages',
      message('[]'),
      'messages: must hold something that a model can be asked, such as a text',
    ],
    ['/v1/messages', message('[{"type": "of_tomorrow"}]'), /does not support what the conversation holds/],
    ['/v1/responses', '{"input": [{"type": "of_tomorrow"}]}', /^`input` must hold something/],
    ['/v1/responses', '{"input": [], "instructions": "Be brief."}', /^`input` must hold something/],
    [GEMINI, '{"contents": [{"parts": []}]}', /^`contents` must hold something/],
    [GEMINI, '{"contents": [{"parts": [{}]}], "systemInstruction": "Be brief."}', /^`contents` must hold/],
  ])('%s %s', refusedWith);
});

describe('a long number passes for no object', () => {
  it.each([
    ['/chat/completions', LONG, /^The body must be a JSON object/],
    [
      '/v1/messages',
      `{"model": "codellama", "max_tokens": 9, "messages": [${LONG}]}`,
      /^messages.0: must be an/,
    ],
    ['/v1/messages', message(`[${LONG}]`), /^messages.0.content.0: must be a content block/],
    ['/v1/responses', `{"input": [${LONG}]}`, /^`input` must be a list of objects/],
    ['/v1/responses', `{"input": [{"role": "user", "content": [${LONG}]}]}`, /must be a content part/],
    ['/v1/responses', `{"input": "hello", "tools": [${LONG}]}`, /^`tools` must be a list of objects/],
    ['/v1/embeddings', LONG, /must be a JSON object/],
    ['/v1/completions', LONG, /must be a JSON object/],
    [GEMINI, `{"contents": [${LONG}]}`, /^`contents` must be a list of objects/],
    [GEMINI, `{"contents": [{"parts": ${LONG}}]}`, /^`contents.0.parts` must be a list of objects/],
  ])('%s %s', refusedWith);
});

async function refusedWith(path: string, body: string, said: string | RegExp): Promise<void> {
  const gateway = await startGateway();
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body });
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { message: string } };
  if (typeof said === 'string') expect(error.message).toBe(said);
  else expect(error.message).toMatch(said);
  expect(gateway.simulator.calls).toHaveLength(0);
}
