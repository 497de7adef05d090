/** What the contract must know of a provider, and how OpenAI's wire answers that. */

import type { FailureKind } from '../../../src/failures/failure-table.ts';
import type { FeatureName } from '../../../src/providers/feature-table.ts';
import { type ProviderName, providerRegistry } from '../../../src/providers/registry.ts';
import type { MakeProvider } from '../support.ts';
import { EXAMPLES, TOOL_RESULTS } from './examples.ts';

/** A reply with an error status, and what the router is to make of it. */
export interface ErrorExample {
  readonly status: number;
  readonly fixture: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly kind: FailureKind;
  readonly retryAfterMs?: number;
}

export interface ContractCase {
  readonly name: ProviderName;
  readonly make: MakeProvider;
  /** Path of a call, when the base URL is only an origin. */
  readonly path: string;
  /** The header that carries `KEY`. */
  readonly credentials: Readonly<Record<string, string>>;
  /**
   * Names of fixtures. The words are always `Hello! 世界 🎉` whole and `Hello, 世界 👋🏽!` streamed, of 19 tokens in and
   * 10 out; the calls are get_weather of Paris and, where two are said, get_time.
   */
  readonly fixtures: Readonly<
    Record<'text' | 'stream' | 'cutStream' | 'tool' | 'twoTools' | 'toolStream' | 'json', string>
  >;
  readonly errors: readonly ErrorExample[];
  /** Part of the body that carries a native feature; the feature's own example, where the wire is OpenAI's. */
  readonly sentAs: (feature: FeatureName) => object;
  /** Part of the body that carries the tools' results. */
  readonly sentResults: object;
  /** What asks for usage with a stream; nothing where it comes unasked. */
  readonly streamOptions: object | undefined;
  /** The stream comes whole when tools are given. */
  readonly toolsOnlyWhole?: boolean;
}

const OPENAI_ERRORS: readonly ErrorExample[] = [
  { status: 401, fixture: 'openai/error-401.json', kind: 'upstream_unauthorized' },
  { status: 429, fixture: 'openai/error-429.json', kind: 'upstream_rate_limited', retryAfterMs: 4_200 },
  {
    status: 429,
    fixture: 'openai/error-429.json',
    headers: { 'retry-after-ms': '250', 'retry-after': '1' },
    kind: 'upstream_rate_limited',
    retryAfterMs: 250,
  },
  { status: 429, fixture: 'openai/error-429-quota.json', kind: 'upstream_quota' },
  { status: 402, fixture: 'openai/error-500.json', kind: 'upstream_quota' },
  { status: 400, fixture: 'openai/error-400-context.json', kind: 'context_length_exceeded' },
  { status: 400, fixture: 'openai/error-400.json', kind: 'upstream_bad_request' },
  { status: 404, fixture: 'openai/error-404.json', kind: 'model_gone' },
  { status: 500, fixture: 'openai/error-500.json', kind: 'upstream_unavailable' },
  { status: 502, fixture: 'openai/error-502.html', kind: 'upstream_unavailable' },
  {
    status: 503,
    fixture: 'openai/error-500.json',
    headers: { 'retry-after': '2' },
    kind: 'upstream_unavailable',
    retryAfterMs: 2_000,
  },
];

/** How one provider's wire differs from OpenAI's, as its own reference says. */
interface Difference extends Partial<Omit<ContractCase, 'name' | 'make' | 'errors' | 'fixtures' | 'sentAs'>> {
  readonly fixtures?: Partial<ContractCase['fixtures']>;
  readonly errors?: readonly ErrorExample[];
  readonly sentAs?: Partial<Record<FeatureName, object>>;
}

export function openAiShaped(name: ProviderName, difference: Difference = {}): ContractCase {
  return {
    path: '/chat/completions',
    credentials: { authorization: 'Bearer sk-test-1234567890' },
    sentResults: { messages: withEmptyContent(TOOL_RESULTS.messages) },
    streamOptions: { include_usage: true },
    ...difference,
    name,
    make: providerRegistry[name].make,
    fixtures: {
      text: 'openai/text.json',
      stream: 'openai/text.sse',
      cutStream: 'openai/cut.sse',
      tool: 'openai/tools.json',
      twoTools: 'openai/parallel-tools.json',
      toolStream: 'openai/tools.sse',
      json: 'openai/json.json',
      ...difference.fixtures,
    },
    errors: [...OPENAI_ERRORS, ...(difference.errors ?? [])],
    sentAs: (feature) => difference.sentAs?.[feature] ?? EXAMPLES[feature],
  };
}

/** Strict servers refuse any `null`, so an answer of calls alone has an empty text. */
function withEmptyContent(messages: readonly object[]): object[] {
  return messages.map((message) =>
    'content' in message && message.content === null ? { ...message, content: '' } : message,
  );
}
