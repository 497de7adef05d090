/** Every provider of OpenAI's wire. Another wire needs a case with fixtures and a `sentAs` of its own. */
import type { ProviderName } from '../../../src/providers/registry.ts';
import { openAiShaped } from './contract-case.ts';
import { TOOL_RESULTS } from './examples.ts';

/** Providers of other wires, which have tests of their own. */
export const OTHER_WIRES: readonly string[] = ['anthropic', 'cohere', 'replicate'];

const AS_OPENAI_HAS_IT = { messages: TOOL_RESULTS.messages };
const STOP_AS_LIST = { stop: { stop: ['END'] } };

export const cases = [
  openAiShaped('openai', { sentResults: AS_OPENAI_HAS_IT }),
  openAiShaped('together', {
    sentAs: { ...STOP_AS_LIST, logprobs: { logprobs: 3 } },
    errors: [
      { status: 404, fixture: 'together/error-404.json', kind: 'model_gone' },
      { status: 429, fixture: 'together/error-429.json', kind: 'upstream_rate_limited' },
    ],
  }),
  openAiShaped('azure', {
    sentResults: AS_OPENAI_HAS_IT,
    path: '/openai/v1/chat/completions',
    credentials: { 'api-key': 'sk-test-1234567890' },
    fixtures: { stream: 'azure/text.sse' },
    errors: [
      { status: 400, fixture: 'azure/error-400-filter.json', kind: 'content_filtered' },
      { status: 401, fixture: 'azure/error-401.json', kind: 'upstream_unauthorized' },
      { status: 404, fixture: 'azure/error-404.json', kind: 'model_gone' },
      { status: 429, fixture: 'azure/error-429.json', kind: 'upstream_rate_limited', retryAfterMs: 7_000 },
    ],
  }),
  openAiShaped('openai-compatible'),
  openAiShaped('ollama'),
  openAiShaped('vllm'),
  openAiShaped('llama.cpp'),
  openAiShaped('lm-studio'),
  openAiShaped('groq'),
  openAiShaped('mistral', {
    sentAs: { seed: { random_seed: 7 } },
    // Its ids are nine letters or digits.
    sentResults: {
      messages: [{ role: 'user' }, { role: 'assistant', content: '' }, { role: 'tool' }, { role: 'tool' }],
    },
    streamOptions: undefined,
    errors: [
      { status: 401, fixture: 'mistral/error-401.json', kind: 'upstream_unauthorized' },
      { status: 404, fixture: 'mistral/error-404.json', kind: 'model_gone' },
      { status: 422, fixture: 'mistral/error-422.json', kind: 'upstream_bad_request' },
    ],
  }),
  openAiShaped('deepseek'),
  openAiShaped('xai', {
    errors: [
      { status: 400, fixture: 'xai/error-400-key.json', kind: 'upstream_unauthorized' },
      { status: 400, fixture: 'xai/error-400.json', kind: 'upstream_bad_request' },
    ],
  }),
  openAiShaped('fireworks'),
  openAiShaped('openrouter'),
  openAiShaped('gemini', {
    errors: [
      { status: 400, fixture: 'gemini/error-400-key.json', kind: 'upstream_unauthorized' },
      { status: 400, fixture: 'gemini/error-400-field.json', kind: 'upstream_bad_request' },
      {
        status: 429,
        fixture: 'gemini/error-429.json',
        kind: 'upstream_rate_limited',
        retryAfterMs: 41_600,
      },
    ],
  }),
  openAiShaped('perplexity', {
    streamOptions: undefined,
    fixtures: { stream: 'perplexity/text.sse' },
    errors: [{ status: 401, fixture: 'perplexity/error-401.html', kind: 'upstream_unauthorized' }],
  }),
  openAiShaped('cerebras'),
  openAiShaped('huggingface', {
    sentAs: STOP_AS_LIST,
    errors: [
      { status: 400, fixture: 'huggingface/error-400-model.json', kind: 'model_gone' },
      { status: 400, fixture: 'huggingface/error-400-message.json', kind: 'upstream_bad_request' },
      { status: 401, fixture: 'huggingface/error-401.json', kind: 'upstream_unauthorized' },
      { status: 402, fixture: 'huggingface/error-402.json', kind: 'upstream_quota' },
      { status: 500, fixture: 'huggingface/error-500-detail.json', kind: 'upstream_unavailable' },
      { status: 503, fixture: 'huggingface/error-503.json', kind: 'upstream_unavailable' },
    ],
  }),
  openAiShaped('ai21', {
    sentAs: STOP_AS_LIST,
    streamOptions: undefined,
    toolsOnlyWhole: true,
    fixtures: { stream: 'ai21/text.sse' },
    errors: [
      { status: 401, fixture: 'ai21/error-401.json', kind: 'upstream_unauthorized' },
      { status: 422, fixture: 'ai21/error-422.json', kind: 'upstream_bad_request' },
      { status: 429, fixture: 'ai21/error-429.json', kind: 'upstream_rate_limited' },
    ],
  }),
];

export const CASE_NAMES: readonly ProviderName[] = cases.map(({ name }) => name);
