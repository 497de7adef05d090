/**
 * The old form of tools. Callers may still ask with `functions` and `function_call`; inside there are only `tools`,
 * so that every provider serves both, and the answer is turned back on its way out.
 */

import type { Fields } from '../../core/json-object.ts';
import type { ChatCompletion, ChatCompletionChunk, ChatMessage } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';

interface LegacyMessage {
  role: string;
  name?: string;
  content?: unknown;
  function_call?: { name: string; arguments: string } | null;
}

/** Turns `functions` into `tools`, `function_call` into `tool_choice`, and old messages into new ones. */
export function withoutLegacyFunctions(fields: Fields): Fields & { legacyFunctions: boolean } {
  const { functions, function_call: choice, ...rest } = fields;
  const messages = withoutFunctionMessages(fields.messages as LegacyMessage[]);
  if (functions === undefined && choice === undefined) return { ...rest, messages, legacyFunctions: false };
  if (Array.isArray(functions) && functions.length === 0 && rest.tools === undefined)
    return { ...rest, messages, legacyFunctions: true };
  if (rest.tools !== undefined) {
    throw invalidRequest('Send either `tools` or the older `functions`, not both.', 'functions');
  }
  if (functions === undefined) {
    throw invalidRequest('`function_call` needs `functions` to choose from.', 'function_call');
  }
  return {
    ...rest,
    messages,
    tools: (functions as object[]).map((definition) => ({ type: 'function', function: definition })),
    ...(choice !== undefined && {
      tool_choice: typeof choice === 'string' ? choice : { type: 'function', function: choice },
    }),
    // The old form knows a single call.
    parallel_tool_calls: false,
    legacyFunctions: true,
  };
}

/** A function's result belongs to the call before it; the new form says so by an id, which the old one lacks. */
function withoutFunctionMessages(messages: readonly LegacyMessage[]): ChatMessage[] {
  if (!messages.some((message) => message.role === 'function' || message.function_call))
    return messages as ChatMessage[];
  let calls = 0;
  return messages.map((message) => {
    if (message.role === 'function') {
      return {
        role: 'tool',
        tool_call_id: `call_function_${calls}`,
        content: message.content ?? '',
      } as ChatMessage;
    }
    if (!message.function_call) return message as ChatMessage;
    const { function_call: call, ...rest } = message;
    calls += 1;
    return {
      ...rest,
      tool_calls: [{ id: `call_function_${calls}`, type: 'function', function: call }],
    } as ChatMessage;
  });
}

/** The answer as the old form tells it; a copy, since the original may be cached. */
export function asLegacyCompletion(completion: ChatCompletion): ChatCompletion {
  const choices = completion.choices.map((choice) => {
    const { tool_calls: calls, ...message } = choice.message;
    const call = calls?.[0];
    if (call?.type !== 'function') return choice;
    return {
      ...choice,
      message: { ...message, function_call: call.function },
      finish_reason: 'function_call' as const,
    };
  });
  return { ...completion, choices };
}

/** A chunk with `function_call` in place of the first tool call; the old form has room for one. */
export function asLegacyChunk(chunk: ChatCompletionChunk): ChatCompletionChunk {
  const choices = chunk.choices.map((choice) => {
    const { tool_calls: calls, ...delta } = choice.delta;
    const call = calls?.find(({ index }) => index === 0);
    return {
      ...choice,
      delta: call?.function ? { ...delta, function_call: call.function } : delta,
      finish_reason:
        choice.finish_reason === 'tool_calls' ? ('function_call' as const) : choice.finish_reason,
    };
  });
  return { ...chunk, choices };
}
