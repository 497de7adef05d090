/**
 * The same for a request that goes as its caller wrote it, on Anthropic's or OpenAI's own wire: fields and tools that are
 * charged for by more than tokens of this call.
 */
import { asText } from '../../core/as-text.ts';
import type { Fields } from '../../core/json-object.ts';
import type { NativeRequest } from '../../core/native-request.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { rejectCostlyField } from './costly-fields.ts';

/** Tools that the caller runs itself; every other typed tool runs at the provider. */
const OWN_TOOLS =
  /^(?:custom|function|namespace|local_shell|shell|apply_patch|(?:bash|text_editor|computer|memory)_\d{8}|tool_search_tool_\w+)$/;

/** What caps the output on its own wire; on another it is one more cap, beside ours. */
const CAP: Readonly<Record<NativeRequest['wire'], string>> = {
  messages: 'max_tokens',
  responses: 'max_output_tokens',
};

/**
 * Agents offer such tools with every request (Codex a web search), so they are left out, not refused: a translation has no
 * place for them.
 */
export function hasCostlyTools({ wire, body }: NativeRequest): boolean {
  if (!listOf(body.tools).every(isOwnTool)) return true;
  // Codex gives its tools by an item of the conversation.
  return wire === 'responses' && listOf(body.input).some(({ tools }) => !listOf(tools).every(isOwnTool));
}

function isOwnTool({ type = 'custom', tools, environment }: Fields): boolean {
  if (typeof type !== 'string' || !OWN_TOOLS.test(type)) return false;
  // OpenAI's shell runs where its environment says, which is the caller's own machine or a container of OpenAI's.
  const place = (environment as Fields | null | undefined)?.type ?? 'local';
  return place === 'local' && listOf(tools).every(isOwnTool);
}

/** @throws {Failure} `invalid_request` naming the first such field */
export function rejectCostlyNative({ wire, body }: NativeRequest): void {
  for (const field in body) if (field !== CAP[wire]) rejectCostlyField(field, body[field]);
  const { edits } = (body.context_management ?? {}) as Fields;
  const summary = listOf(edits).findIndex(({ type }) => !/^clear_/.test(asText(type)));
  if (summary >= 0) throw refused(`context_management.edits.${summary}`, 'asks the model once more');
  // OpenAI's form of the same.
  if (listOf(body.context_management).length > 0)
    throw refused('context_management.0', 'asks the model once more');
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

function refused(field: string, effect: string) {
  return invalidRequest(
    `\`${field}\` ${effect}, so a key with a budget or a list of models may not send it. Leave it out.`,
    field,
  );
}
