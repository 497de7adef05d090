/** Tools of the Messages API as OpenAI's functions. */
import { asText } from '../../core/as-text.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { shortToolName } from '../../core/tool-names.ts';
import { type ContentBlock, cacheMark } from './content-blocks.ts';
import { requireString } from './messages-validation.ts';

type ToolFields = Pick<ChatRequest, 'tools' | 'tool_choice' | 'parallel_tool_calls'>;

/**
 * @returns OpenAI's fields, and the names of tools that only Anthropic's own servers run
 * @throws {Failure} for a tool without a name
 */
export function fromMessagesTools(
  tools: readonly ContentBlock[],
  choice: ContentBlock | undefined,
): { fields: ToolFields; skipped: string[] } {
  const skipped: string[] = [];
  const functions = tools.flatMap((tool, index) => {
    // A typed tool without a schema is run by the provider (`web_search_20250305`); `custom` is the usual kind.
    if (tool.type !== undefined && tool.type !== 'custom' && tool.input_schema === undefined) {
      skipped.push(`tools (${asText(tool.type)})`);
      return [];
    }
    // Its full form comes when the model has searched for it; here it is only announced.
    if (tool.defer_loading === true) return [];
    return [
      {
        type: 'function' as const,
        function: {
          name: shortToolName(requireString(tool.name, `tools.${index}.name`)),
          ...(typeof tool.description === 'string' && { description: tool.description }),
          parameters: tool.input_schema as Record<string, unknown>,
          ...(tool.strict === true && { strict: true }),
        },
        ...cacheMark(tool),
      },
    ];
  });
  if (functions.length === 0) return { fields: {}, skipped };
  const isSerial = choice?.disable_parallel_tool_use === true;
  return {
    fields: {
      tools: functions,
      ...(choice && { tool_choice: toChatToolChoice(choice) }),
      ...(isSerial && { parallel_tool_calls: false }),
    },
    skipped,
  };
}

function toChatToolChoice(choice: ContentBlock): NonNullable<ChatRequest['tool_choice']> {
  switch (choice.type) {
    case 'any':
      return 'required';
    case 'none':
      return 'none';
    case 'tool':
      return { type: 'function', function: { name: shortToolName(asText(choice.name)) } };
    default:
      return 'auto';
  }
}

/** The caller's own names of tools whose names had to be shortened, by the shorter ones. */
export function longToolNames(tools: unknown): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const tool of Array.isArray(tools) ? (tools as readonly ContentBlock[]) : []) {
    const name = asText(tool?.name);
    const short = shortToolName(name);
    if (short !== name) names.set(short, name);
  }
  return names;
}
