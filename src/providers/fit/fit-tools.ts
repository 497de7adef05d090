/** Tools as any server takes them: with a schema that has a type, and only those allowed. */
import type { ChatCompletionTool, ChatRequest } from '../../core/openai-types.ts';

type Schema = Record<string, unknown>;

/** Changes the request, which has tools, in place, as it is a copy already. */
export function fitTools(request: ChatRequest): void {
  if ((request.tool_choice as unknown) === 'any') request.tool_choice = 'required';
  const tools = request.tools!.map(withWholeSchema);
  if (tools.some((tool, index) => tool !== request.tools![index])) request.tools = tools;
}

/**
 * `allowed_tools` is OpenAI's alone. For others the same is said by offering only those tools: with the mode as the
 * choice, so that nothing that was not allowed can be called.
 */
export function withOnlyAllowedTools(request: ChatRequest): ChatRequest {
  const { tool_choice: choice, tools } = request;
  if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return request;
  const { mode, tools: allowed } = allowedTools(choice);
  const names = new Set(allowed.map(nameOf));
  const offered = (tools ?? []).filter((tool) => names.has(nameOf(tool)));
  const fitted: ChatRequest = { ...request, tools: offered, tool_choice: mode };
  if (offered.length > 0) return fitted;
  delete fitted.tools;
  delete fitted.tool_choice;
  delete fitted.parallel_tool_calls;
  return fitted;
}

/** The list is inside `allowed_tools` on chat completions and beside `type` on responses; callers send both. */
function allowedTools(choice: object): { mode: 'auto' | 'required'; tools: readonly unknown[] } {
  const outer = choice as { allowed_tools?: object };
  const inner = (outer.allowed_tools ?? choice) as { mode?: unknown; tools?: unknown };
  return {
    mode: inner.mode === 'required' ? 'required' : 'auto',
    tools: Array.isArray(inner.tools) ? inner.tools : [],
  };
}

function nameOf(tool: unknown): unknown {
  const fields = (tool ?? {}) as {
    name?: unknown;
    function?: { name?: unknown };
    custom?: { name?: unknown };
  };
  return fields.function?.name ?? fields.custom?.name ?? fields.name;
}

/** OpenAI takes a function without parameters, or `{}`; Anthropic and strict servers want a schema of an object. */
function withWholeSchema(tool: ChatCompletionTool): ChatCompletionTool {
  if (tool.type !== 'function' || !tool.function) return tool;
  const { parameters } = tool.function;
  const whole = wholeSchema(parameters);
  return whole === parameters ? tool : { ...tool, function: { ...tool.function, parameters: whole } };
}

/** @returns the same schema where nothing is missing */
export function wholeSchema(schema: Schema | null | undefined): Schema {
  if (typeof schema !== 'object' || schema === null) return { type: 'object', properties: {} };
  const needsType = schema.type === undefined || schema.type === null;
  const isObject = needsType || schema.type === 'object';
  const needsProperties = isObject && (typeof schema.properties !== 'object' || schema.properties === null);
  if (!needsType && !needsProperties) return schema;
  return { ...schema, ...(needsType && { type: 'object' }), ...(needsProperties && { properties: {} }) };
}
