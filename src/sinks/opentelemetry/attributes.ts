/** OpenTelemetry's names for what a request was: https://opentelemetry.io/docs/specs/semconv/gen-ai/ (version 1.38, and what came since beside it). */
import type { Attributes } from '@opentelemetry/api';
import type { SettledRecord } from './trace-record.ts';

/** Providers that the conventions have a name of their own for. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  azure: 'azure.ai.openai',
  gemini: 'gcp.gemini',
  mistral: 'mistral_ai',
  xai: 'x_ai',
};

const OPERATIONS: Readonly<Record<string, string>> = {
  completions: 'text_completion',
  fim: 'text_completion',
  embeddings: 'embeddings',
};

const PARAMETER_NAMES: Readonly<Record<string, string>> = {
  temperature: 'gen_ai.request.temperature',
  top_p: 'gen_ai.request.top_p',
  max_tokens: 'gen_ai.request.max_tokens',
  max_completion_tokens: 'gen_ai.request.max_tokens',
  frequency_penalty: 'gen_ai.request.frequency_penalty',
  presence_penalty: 'gen_ai.request.presence_penalty',
  seed: 'gen_ai.request.seed',
  n: 'gen_ai.request.choice.count',
};

/** @param door the name of the API format */
export function operationOf(door: string): string {
  return OPERATIONS[door] ?? 'chat';
}

/** @param provider our name of it */
export function providerName(provider: string): string {
  return PROVIDER_NAMES[provider] ?? provider;
}

/** The parameters of a request under the names of the conventions, where those have one. */
export function parameterAttributes(parameters: SettledRecord['parameters']): Attributes {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [PARAMETER_NAMES[name] ?? name, value]),
  );
}

/** Input counts what was read from and written to a provider's cache, and output counts reasoning, as the conventions want it. */
export function usageAttributes({ receipt: { usage } }: SettledRecord): Attributes {
  return {
    'gen_ai.usage.input_tokens': usage.input + usage.cached_input + usage.cache_write,
    'gen_ai.usage.output_tokens': usage.output + usage.reasoning,
    ...(usage.cached_input > 0 && { 'gen_ai.usage.cache_read.input_tokens': usage.cached_input }),
    ...(usage.cache_write > 0 && { 'gen_ai.usage.cache_creation.input_tokens': usage.cache_write }),
    ...(usage.reasoning > 0 && { 'gen_ai.usage.reasoning.output_tokens': usage.reasoning }),
  };
}

interface Message {
  readonly role?: string;
  readonly content?: unknown;
  readonly tool_calls?: readonly { id?: string; function?: { name?: string; arguments?: string } }[];
  readonly tool_call_id?: string;
}

/** Messages as the conventions' JSON schema has them: a role and parts. */
export function contentAttributes({ content }: SettledRecord): Attributes {
  if (!content) return {};
  const messages = content.messages as readonly Message[];
  const choices = content.choices as readonly { message: Message; finish_reason?: string | null }[];
  const isSystem = ({ role }: Message) => role === 'system' || role === 'developer';
  return {
    'gen_ai.system_instructions': JSON.stringify(messages.filter(isSystem).flatMap(partsOf)),
    'gen_ai.input.messages': JSON.stringify(
      messages
        .filter((message) => !isSystem(message))
        .map((message) => ({ role: message.role, parts: partsOf(message) })),
    ),
    'gen_ai.output.messages': JSON.stringify(
      choices.map(({ message, finish_reason: reason }) => ({
        role: 'assistant',
        parts: partsOf(message),
        finish_reason: reason ?? 'stop',
      })),
    ),
  };
}

function partsOf({ content, tool_calls: calls = [], tool_call_id: callId }: Message): object[] {
  if (callId !== undefined) return [{ type: 'tool_call_response', id: callId, response: content }];
  const texts =
    typeof content === 'string'
      ? [{ type: 'text', content }]
      : ((content ?? []) as readonly { type?: string; text?: string }[]).map((part) =>
          part.type === 'text' ? { type: 'text', content: part.text } : part,
        );
  const toolCalls = calls.map(({ id, function: called }) => ({
    type: 'tool_call',
    id,
    name: called?.name,
    arguments: called?.arguments,
  }));
  return [...texts, ...toolCalls].filter((part) => !('content' in part) || part.content !== '');
}
