import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/core/openai-types.ts';
import { firstTokenLimit } from '../../src/routing/first-token-limit.ts';
import { makeRequest, makeTarget } from '../helpers/targets.ts';

const target = makeTarget('openai');
const { firstToken, attempt } = target.timeouts;
const tools = [{ type: 'function' as const, function: { name: 'f' } }];

describe('the first token may take the attempt’s whole time', () => {
  it.each<[string, Partial<ChatRequest> | object]>([
    ['when the caller asks for thought', { reasoning_effort: 'high' }],
    ['when thinking is switched on', { thinking: { type: 'adaptive' } }],
    ['with tools', { tools }],
  ])('%s', (_what, request) => {
    expect(firstTokenLimit(makeRequest(request), target)).toBe(attempt);
  });

  it.each(['ollama', 'vllm', 'llama.cpp', 'lm-studio'])('of the local server %s', (provider) => {
    expect(firstTokenLimit(makeRequest(), makeTarget(provider))).toBe(attempt);
  });

  it.each(['o3', 'deepseek-r1', 'openai/gpt-oss-120b', 'deepseek-reasoner'])(
    'of %s, which thinks',
    (model) => {
      expect(firstTokenLimit(makeRequest(), makeTarget('openai', { model }))).toBe(attempt);
    },
  );
});

describe('the first token has its usual time', () => {
  it.each<[string, Partial<ChatRequest> | object]>([
    ['without any of these', {}],
    ['when thought is switched off', { reasoning_effort: 'none', thinking: { type: 'disabled' } }],
    ['with an empty list of tools', { tools: [] }],
  ])('%s', (_what, request) => {
    expect(firstTokenLimit(makeRequest(request), target)).toBe(firstToken);
  });
});

it('a model’s own limit holds whatever the request', () => {
  const own = makeTarget('openai', { timeouts: { ...target.timeouts, firstToken: 3_000, thinking: 3_000 } });
  expect(firstTokenLimit(makeRequest({ tools }), own)).toBe(3_000);
});
