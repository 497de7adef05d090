/**
 * The same for a request that goes as its caller wrote it, on Anthropic's or OpenAI's own wire: fields, tools and content
 * that are charged for by more than tokens of this call, or of which nobody knows how long they are.
 */
import type { NativeRequest } from '../../core/native-request.ts';
import { invalidRequest } from '../../failures/failure.ts';
import { rejectCostlyField } from './costly-fields.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Tools that the caller runs itself; every other typed tool runs at the provider. */
const OWN_TOOLS =
  /^(?:custom|function|namespace|local_shell|shell|apply_patch|(?:bash|text_editor|computer|memory)_\d{8}|tool_search_tool_\w+)$/;
/** Content that its bytes bound, and pictures. */
const KNOWN_CONTENT: ReadonlySet<unknown> = new Set([
  ...['text', 'image', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'search_result'],
  ...['tool_reference', 'server_tool_use', 'web_search_tool_result', 'tool_search_tool_result'],
]);
const MAX_DEPTH = 8;

/**
 * Agents offer such tools with every request (Codex a web search), so they are left out, not refused: a translation has no
 * place for them.
 */
export function hasCostlyTools({ body }: NativeRequest): boolean {
  const isOwn = ({ type = 'custom' }: Fields) => typeof type === 'string' && OWN_TOOLS.test(type);
  return !listOf(body.tools).every(isOwn);
}

/** @throws {Failure} `invalid_request` naming the first such field */
export function rejectCostlyNative({ wire, body }: NativeRequest): void {
  for (const field in body) rejectCostlyField(field, body[field]);
  const { edits } = (body.context_management ?? {}) as Fields;
  const summary = listOf(edits).findIndex(({ type }) => !/^clear_/.test(String(type)));
  if (summary >= 0) throw refused(`context_management.edits.${summary}`, 'asks the model once more');
  if (wire !== 'messages') return;
  for (const [index, turn] of [...listOf(body.messages), { content: body.system }].entries())
    rejectUnknownContent(
      turn.content,
      index < listOf(body.messages).length ? `messages.${index}.content` : 'system',
      0,
    );
}

function rejectUnknownContent(content: unknown, where: string, depth: number): void {
  if (!Array.isArray(content)) return;
  for (let index = 0; index < content.length; index++) {
    const block = (content[index] ?? {}) as Fields;
    if (!hasKnownLength(block) || depth > MAX_DEPTH)
      throw refused(`${where}.${index}`, 'may be of any length, which nobody here can know');
    if (block.type === 'tool_result' && typeof block.content !== 'string')
      rejectUnknownContent(block.content, `${where}.${index}.content`, depth + 1);
  }
}

/** A document is read by pages, and one that lies elsewhere by nobody here; a text that came as one is a text. */
function hasKnownLength({ type, source }: Fields): boolean {
  if (type !== 'document') return KNOWN_CONTENT.has(type);
  const from = (source as Fields | undefined)?.type;
  return from === 'text' || from === 'content';
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
