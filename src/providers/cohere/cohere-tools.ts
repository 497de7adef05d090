/** OpenAI's tools and tool choice as Cohere's. */
import type { ChatCompletionTool, ChatRequest } from '../../core/openai-types.ts';
import { wholeSchema } from '../fit/fit-tools.ts';

/** The fields that say which tools there are and how they are to be used. */
export interface CohereTools {
  readonly tools: object[];
  /** Cohere knows no third choice: the model decides without it. */
  readonly tool_choice?: 'REQUIRED' | 'NONE';
  /** Holds for all tools or for none. */
  readonly strict_tools?: true;
}

type FunctionTool = Extract<ChatCompletionTool, { type: 'function' }>;

/**
 * Cohere cannot be told to call one tool by its name, but to call any of those it is given: so it is given that one.
 * @returns nothing when no tool is left; `dropped` is told of what Cohere cannot be told
 */
export function toCohereTools(request: ChatRequest, dropped: string[]): CohereTools | undefined {
  const { tools, tool_choice: choice } = request;
  const functions = (tools ?? []).filter((tool) => tool.type === 'function');
  if (functions.length < (tools?.length ?? 0)) dropped.push('tools (custom)');
  const allowed = allowedNames(choice);
  const offered = allowed ? functions.filter((tool) => allowed.includes(tool.function.name)) : functions;
  if (offered.length === 0) return undefined;
  const strict = offered.filter((tool) => tool.function.strict).length;
  if (strict > 0 && strict < offered.length) dropped.push('tools (strict)');
  return {
    tools: offered.map(toCohereTool),
    ...(isRequired(choice) && { tool_choice: 'REQUIRED' }),
    ...(choice === 'none' && { tool_choice: 'NONE' }),
    ...(strict === offered.length && { strict_tools: true }),
  };
}

function toCohereTool({ function: { name, description, parameters } }: FunctionTool): object {
  return {
    type: 'function',
    function: {
      name,
      ...(description && { description }),
      parameters: wholeSchema(parameters),
    },
  };
}

/** @returns nothing when the model may call any tool */
function allowedNames(choice: ChatRequest['tool_choice']): string[] | undefined {
  if (typeof choice !== 'object' || choice === null) return undefined;
  if (choice.type === 'function') return [choice.function.name];
  if (choice.type !== 'allowed_tools') return undefined;
  return choice.allowed_tools.tools.map(
    ({ function: named }) => (named as { name?: string } | undefined)?.name ?? '',
  );
}

function isRequired(choice: ChatRequest['tool_choice']): boolean {
  if (typeof choice !== 'object' || choice === null) return choice === 'required';
  return choice.type !== 'allowed_tools' || choice.allowed_tools.mode === 'required';
}
