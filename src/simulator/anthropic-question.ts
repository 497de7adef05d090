/** Reads an Anthropic Messages request: what is asked, and what the API refuses in it. */
import type { SimulatedQuestion, Turn } from './draft.ts';
import { contentText, textOf } from './openai-question.ts';
import type { ToolChoice } from './tools.ts';
import { isObject, type JsonObject, objectsIn } from './wire.ts';

/** OpenAI's parameters, which the Messages API refuses as extra inputs. */
const foreign = [
  'n',
  'stop',
  'user',
  'seed',
  'logprobs',
  'functions',
  'logit_bias',
  'stream_options',
  'response_format',
  'presence_penalty',
  'frequency_penalty',
  'max_completion_tokens',
];

/** Why the API would answer 400, in its own words, or `undefined`. */
export function anthropicRefusal(body: unknown, version: string | undefined): string | undefined {
  if (!version) return 'anthropic-version: header is required';
  if (!isObject(body)) return 'The request body is not valid JSON';
  if (typeof body.model !== 'string') return 'model: Field required';
  if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required';
  if (body.max_tokens < 1) return 'max_tokens: Input should be greater than or equal to 1';
  if (!Array.isArray(body.messages)) return 'messages: Field required';
  if (body.messages.length === 0) return 'messages: at least one message is required';
  const extra = foreign.find((name) => name in body);
  if (extra) return `${extra}: Extra inputs are not permitted`;
  // Since this version of the API sampling is fixed, even the defaults are refused.
  const sampling = ['temperature', 'top_p', 'top_k'].find((name) => name in body);
  if (version >= '2026-10-21' && sampling)
    return `${sampling}: not supported in anthropic-version ${version}`;
  return messagesRefusal(objectsIn(body.messages), body.model);
}

function messagesRefusal(messages: JsonObject[], model: string): string | undefined {
  const badRole = messages.findIndex(
    ({ role }) => role !== 'user' && role !== 'assistant' && role !== 'system',
  );
  if (badRole >= 0) return `messages.${badRole}.role: Input should be 'user' or 'assistant'`;
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  const last = messages.at(-1)!;
  const empty = messages.findIndex(
    (message) =>
      (message !== last || message.role !== 'assistant') &&
      (message.content === '' || (Array.isArray(message.content) && message.content.length === 0)),
  );
  if (empty >= 0)
    return `messages.${empty}: all messages must have non-empty content except for the optional final assistant message`;
  if (last.role !== 'assistant') return undefined;
  if (/claude-(sonnet|opus)-5/.test(model)) {
    return 'This model does not support assistant message prefill. The conversation must end with a user message.';
  }
  return /\s$/.test(contentText(last.content))
    ? 'messages: final assistant content cannot end with trailing whitespace'
    : undefined;
}

/** Puts a valid request in provider-neutral terms. */
export function anthropicQuestion(body: JsonObject): SimulatedQuestion {
  const choice = isObject(body.tool_choice) ? body.tool_choice : {};
  const format = isObject(body.output_config) ? body.output_config.format : undefined;
  const system = contentText(body.system);
  return {
    turns: [
      ...(system ? [{ role: 'system' as const, text: system }] : []),
      ...objectsIn(body.messages).flatMap(turnsOf),
    ],
    tools: objectsIn(body.tools).map((tool) => ({
      name: String(tool.name),
      schema: isObject(tool.input_schema) ? tool.input_schema : {},
    })),
    toolChoice: toolChoiceOf(choice),
    parallelToolCalls: choice.disable_parallel_tool_use !== true,
    maxTokens: Number(body.max_tokens),
    stop: Array.isArray(body.stop_sequences)
      ? body.stop_sequences.filter((text) => typeof text === 'string')
      : [],
    ...(isObject(format) && isObject(format.schema) && { json: format.schema }),
    continuesPrefill: true,
  };
}

/** A user message may hold tool results, which are turns of their own. */
function turnsOf(message: JsonObject): Turn[] {
  const results = objectsIn(message.content).filter((block) => block.type === 'tool_result');
  if (results.length > 0)
    return results.map((result) => ({ role: 'tool', text: contentText(result.content) }));
  const role = message.role === 'assistant' || message.role === 'system' ? message.role : 'user';
  return [{ role, ...textOf(message.content) }];
}

function toolChoiceOf(choice: JsonObject): ToolChoice {
  if (choice.type === 'none') return 'none';
  if (choice.type === 'any') return 'required';
  return choice.type === 'tool' ? { name: String(choice.name) } : 'auto';
}
