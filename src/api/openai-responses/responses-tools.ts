/**
 * Tools of the Responses API as OpenAI's chat functions, and the way back for their calls
 * (source: types of openai 7.57; requests recorded from Codex 0.169).
 *
 * A namespace's function becomes `namespace__name`, a freeform tool a function with one text, `input`.
 */
import { asText } from '../../core/as-text.ts';
import { parseBoundedJson } from '../../core/bounded-json.ts';
import type { ChatCompletionTool } from '../../core/openai-types.ts';
import { toChatName } from '../../core/tool-names.ts';

type Item = Readonly<Record<string, unknown>>;

/** What a call of a function must be called again on this API. */
export interface OriginalTool {
  readonly kind: 'function' | 'custom' | 'local_shell';
  readonly name: string;
  readonly namespace: string | undefined;
}

const FREEFORM_PARAMETERS = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The whole input, as it is.' } },
  required: ['input'],
  additionalProperties: false,
};
const SHELL_PARAMETERS = {
  type: 'object',
  properties: {
    command: { type: 'array', items: { type: 'string' } },
    working_directory: { type: 'string' },
    timeout_ms: { type: 'integer' },
  },
  required: ['command'],
};

/** The tools of one request in both forms. */
export class ResponsesTools {
  readonly functions: ChatCompletionTool[] = [];
  /** Kinds of tools that only OpenAI's own servers run. */
  readonly skipped: string[] = [];
  readonly #originals = new Map<string, OriginalTool>();

  add(tools: readonly Item[], namespace?: string): void {
    for (const tool of tools) this.#add(tool, namespace);
  }

  /** Tools that were named but not defined in this request keep their name. */
  originalOf(chatName: string): OriginalTool {
    return this.#originals.get(chatName) ?? { kind: 'function', name: chatName, namespace: undefined };
  }

  #add(tool: Item, namespace: string | undefined): void {
    switch (tool.type) {
      case 'namespace':
        return this.add((tool.tools as Item[] | undefined) ?? [], asText(tool.name));
      case 'function':
        return this.#define('function', asText(tool.name), namespace, tool, tool.parameters);
      case 'custom':
        return this.#define('custom', asText(tool.name), namespace, tool, FREEFORM_PARAMETERS);
      case 'local_shell':
        return this.#define('local_shell', 'local_shell', undefined, tool, SHELL_PARAMETERS);
      default:
        this.skipped.push(`tools (${asText(tool.type)})`);
    }
  }

  #define(
    kind: OriginalTool['kind'],
    name: string,
    namespace: string | undefined,
    tool: Item,
    parameters: unknown,
  ): void {
    const chatName = toChatName(name, namespace);
    if (this.#originals.has(chatName)) return;
    this.#originals.set(chatName, { kind, name, namespace });
    this.functions.push({
      type: 'function',
      function: {
        name: chatName,
        ...(typeof tool.description === 'string' && { description: tool.description + grammarOf(tool) }),
        parameters: (parameters ?? { type: 'object', properties: {} }) as Record<string, unknown>,
        ...(tool.strict === true && { strict: true }),
      },
    });
  }
}

/** A grammar cannot be enforced elsewhere, but a model can read it. */
function grammarOf({ format }: Item): string {
  const { definition, syntax } = (format ?? {}) as { definition?: unknown; syntax?: unknown };
  return typeof definition === 'string' ? `\nThe input follows this ${syntax} grammar:\n${definition}` : '';
}

/** The text of a freeform call, out of the arguments of the function that stands for it. */
export function freeformInput(text: string): string {
  try {
    const { input } = parseBoundedJson(text) as { input?: unknown };
    return typeof input === 'string' ? input : text;
  } catch {
    return text;
  }
}
