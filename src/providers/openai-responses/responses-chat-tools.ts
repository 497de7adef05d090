/** Tools of a chat as the Responses API has them: flat, and with grammars one level higher. */
import type { Fields } from '../../core/json-object.ts';
import type { ChatCompletionTool, ChatRequest } from '../../core/openai-types.ts';

/** One tool. A function keeps what it means: it is as strict as its caller said, and no stricter. */
export function toResponsesTool(tool: ChatCompletionTool): object {
  if (tool.type === 'custom') {
    const { format, ...custom } = tool.custom;
    return { type: 'custom', ...custom, ...(format && { format: flatFormat({ ...format }) }) };
  }
  // Where nothing is said, functions are strict on this wire, and on chat completions they are not.
  return { type: 'function', ...tool.function, strict: tool.function.strict ?? false };
}

/** `{type: "grammar", grammar: {syntax, definition}}` */
function flatFormat({ grammar, ...format }: Fields): object {
  return { ...format, ...(grammar as object | undefined) };
}

/** The choice among them; a named tool is named flatly here. */
export function toResponsesToolChoice(choice: NonNullable<ChatRequest['tool_choice']>): unknown {
  if (typeof choice === 'string') return choice;
  if (choice.type !== 'allowed_tools') return named(choice as unknown as Fields);
  const { mode, tools } = (choice.allowed_tools ?? choice) as unknown as { mode?: unknown; tools?: unknown };
  return {
    type: 'allowed_tools',
    mode: mode ?? 'auto',
    tools: Array.isArray(tools) ? tools.map((tool) => named(tool as Fields)) : [],
  };
}

/** `{type: "function", function: {name}}` → `{type: "function", name}` */
function named({ type, name, function: called, custom }: Fields): object {
  const inner = (called ?? custom ?? { name }) as Fields;
  return { type, name: inner.name };
}
