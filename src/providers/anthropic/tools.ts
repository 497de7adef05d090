/** OpenAI's tools and tool choice as Anthropic's. */
import type { ChatCompletionTool, ChatRequest } from '../../core/openai-types.ts';

export function tools(list: readonly ChatCompletionTool[]): object[] {
  return list.flatMap((tool) => {
    if (tool.type !== 'function') return [];
    const { name, description, parameters, strict } = tool.function;
    return [
      {
        name,
        ...(description && { description }),
        input_schema: parameters ?? { type: 'object', properties: {} },
        ...(strict && { strict }),
      },
    ];
  });
}

export function toolChoice(request: ChatRequest): object {
  const serial = request.parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  const choice = request.tool_choice;
  if (choice === 'none') return { type: 'none' };
  if (choice === 'required') return { type: 'any', ...serial };
  if (typeof choice === 'object' && choice.type === 'function') {
    return { type: 'tool', name: choice.function.name, ...serial };
  }
  return { type: 'auto', ...serial };
}
