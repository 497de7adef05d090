/** Anthropic's marks of what a prompt cache should keep (`cache_control`). Servers that do not know them answer 400 or 422. */
import type { ChatCompletionTool, ChatRequest } from '../../core/openai-types.ts';

type Drop = (name: string) => void;

/** @returns the same request where neither it nor a tool or its function is marked; messages are left as they are */
export function withoutCacheMarks(request: ChatRequest, drop: Drop): ChatRequest {
  const { tools } = request;
  const unmarked = tools?.map((tool) => toolWithoutMarks(tool, drop));
  const changed = unmarked?.some((tool, index) => tool !== tools![index]);
  return withoutMark(changed ? { ...request, tools: unmarked! } : request, drop);
}

function toolWithoutMarks(tool: ChatCompletionTool, drop: Drop): ChatCompletionTool {
  const given = tool.type === 'function' ? tool.function : undefined;
  if (!given) return withoutMark(tool, drop);
  const own = withoutMark(given, drop);
  return withoutMark(own === given ? tool : ({ ...tool, function: own } as ChatCompletionTool), drop);
}

/** @returns the same object where it has no mark */
export function withoutMark<Fields extends object>(fields: Fields, drop: Drop): Fields {
  if (!Object.hasOwn(fields, 'cache_control')) return fields;
  const { cache_control: mark, ...rest } = fields as { cache_control?: unknown };
  if (mark != null) drop('cache_control');
  return rest as Fields;
}
