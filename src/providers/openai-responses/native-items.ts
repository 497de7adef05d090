/**
 * The items of a conversation as OpenAI takes them back. What it wrote itself goes back as it is; thinking and ids that another
 * provider gave in between are put right, in the same way each time.
 */
import { hash } from 'node:crypto';
import { asText } from '../../core/as-text.ts';
import { fromEncryptedContent, isEnvelope } from '../../core/encrypted-reasoning.ts';
import type { Fields } from '../../core/json-object.ts';
import { toReasoningItems } from './reasoning-items.ts';

/** "Expected an ID that contains letters, numbers, underscores, or dashes", "maximum length 64" (OpenAI). */
const ID = /^[\w-]{1,64}$/;
const MAX_CALL_ID = 64;
const CALL_OR_RESULT = /^(?:function|custom_tool)_call(?:_output)?$/;

/** These may do without an id. */
const NEEDS_NO_ID: ReadonlySet<unknown> = new Set([
  undefined,
  'message',
  'function_call',
  'custom_tool_call',
]);

/** The items, and what was found on the way. */
export interface FittedItems {
  /** The very list where nothing has to be put right. */
  readonly items: readonly Fields[];
  readonly hasLostReasoning: boolean;
}

/** @param dropsReasoning it is bound to another model */
export function fitItems(items: readonly Fields[], dropsReasoning: boolean): FittedItems {
  let isChanged = false;
  let hasLostReasoning = false;
  const fitted = items.flatMap((item) => {
    const found = item.type === 'reasoning' ? fitReasoningItem(item, dropsReasoning) : [item];
    if (found.length === 0) hasLostReasoning = true;
    const right = found.map((one) => withOwnIds(one, hasLostReasoning));
    if (right.length !== 1 || right[0] !== item) isChanged = true;
    return right;
  });
  return { items: isChanged ? fitted : items, hasLostReasoning };
}

/** Without its content nobody can read it: OpenAI is told to store nothing, and knows it by its id no more. */
function fitReasoningItem(item: Fields, dropsReasoning: boolean): Fields[] {
  const { encrypted_content: content } = item;
  if (dropsReasoning || typeof content !== 'string' || content === '') return [];
  if (!isEnvelope(content)) return [item];
  return toReasoningItems(fromEncryptedContent(content) ?? []) as Fields[];
}

/** @param isLoose reasoning before it is left out: OpenAI refuses an item that it knows by its id to belong to some */
function withOwnIds(item: Fields, isLoose: boolean): Fields {
  const { type, id } = item;
  // Older clients give a call and its result an id of the item alone.
  const isNamedById = item.call_id == null && typeof id === 'string' && CALL_OR_RESULT.test(asText(type));
  const callId = isNamedById ? id : item.call_id;
  const isIdOdd = typeof id === 'string' && NEEDS_NO_ID.has(type) && (isLoose || !ID.test(id));
  const isCallIdLong = typeof callId === 'string' && callId.length > MAX_CALL_ID;
  if (!isNamedById && !isIdOdd && !isCallIdLong) return item;
  const { id: _id, ...others } = item;
  return {
    ...(isIdOdd || isNamedById ? others : item),
    ...(isNamedById && { call_id: callId }),
    ...(isCallIdLong && { call_id: `call_${hash('sha256', callId, 'base64url').slice(0, 32)}` }),
  };
}
