/** OpenAI's tools and tool choice as Anthropic's. */
import type { ChatCompletionTool, ChatMessage, ChatRequest } from '../../core/openai-types.ts';
import { wholeSchema } from '../fit/fit-tools.ts';
import type { AnswerTool } from './answer-format.ts';

/** Anthropic's own tools carry the day of their version: `web_search_20250305`. */
const OWN_TOOL = /_\d{8}$/;

/** Tools that only another vendor runs are named in `dropped`. */
export function toAnthropicTools(list: readonly ChatCompletionTool[], dropped: string[]): object[] {
  return list.flatMap((tool): object[] => {
    if (tool.type === 'function') return [functionTool(tool)];
    const type: string = tool.type;
    if (OWN_TOOL.test(type)) return [tool];
    dropped.push(`tools (${/^[\w.-]{1,64}$/.test(type) ? type : 'unknown'})`);
    return [];
  });
}

function functionTool(tool: Extract<ChatCompletionTool, { type: 'function' }>): object {
  const { name, description, parameters, strict } = tool.function;
  const inner = tool.function as { cache_control?: unknown };
  const mark = (tool as { cache_control?: unknown }).cache_control ?? inner.cache_control;
  return {
    name,
    ...(description && { description }),
    input_schema: wholeSchema(parameters),
    ...(strict && { strict }),
    ...(mark != null && { cache_control: mark }),
  };
}

/** Those that were called in a conversation, of which no more is known than their names. */
export function toolsOfThePast(messages: readonly ChatMessage[]): object[] {
  const names = new Set<string>();
  for (const message of messages)
    for (const call of (message.role === 'assistant' && message.tool_calls) || [])
      if ('function' in call && call.function?.name) names.add(call.function.name);
  return [...names].map((name) => ({ name, input_schema: { type: 'object', properties: {} } }));
}

/** A tool that takes the answer must be called, unless another one must be. */
export function toAnthropicToolChoice(request: ChatRequest, answer?: AnswerTool): object {
  const serial = request.parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  const choice = request.tool_choice;
  if (answer)
    return isForced(request) || !request.tools?.length || choice === 'none'
      ? { type: 'tool', name: answer.name }
      : { type: 'any', ...serial };
  if (choice === 'none') return { type: 'none' };
  if (choice === 'required') return { type: 'any', ...serial };
  if (typeof choice === 'object' && choice.type === 'function') {
    return { type: 'tool', name: choice.function.name, ...serial };
  }
  return { type: 'auto', ...serial };
}

/** The caller wants a tool called, whatever the model thinks of it. */
export function isForced({ tool_choice: choice, tools: list }: ChatRequest): boolean {
  return (
    (list?.length ?? 0) > 0 && (choice === 'required' || (typeof choice === 'object' && choice !== null))
  );
}
