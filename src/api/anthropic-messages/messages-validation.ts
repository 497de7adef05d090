/** Errors of the Messages door name its own fields, and what was expected there. */
import { type Failure, invalidRequest } from '../../failures/failure.ts';
import type { ContentBlock } from './content-blocks.ts';

/** More is no conversation; the bound keeps one request from holding up all others. */
const MAX_BLOCKS = 20_000;

export function invalidField(field: string, problem: string): Failure {
  return invalidRequest(`${field}: ${problem}`, field);
}

/** @throws {Failure} for a body that is no JSON object */
export function requireMessagesBody(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw invalidRequest('The body must be a JSON object with `model`, `max_tokens` and `messages`.');
}

/** @throws {Failure} */
export function requireString(value: unknown, field: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalidField(field, 'is required and must be a string');
}

/** @throws {Failure} for content that is neither text nor a list of blocks with a type */
export function requireBlocks(content: unknown, field: string): string | readonly ContentBlock[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw invalidField(field, 'must be a string or a list of content blocks');
  if (content.length > MAX_BLOCKS) throw invalidField(field, `has more than ${MAX_BLOCKS} blocks`);
  for (const [index, block] of content.entries()) {
    const where = `${field}.${index}`;
    if (typeof block !== 'object' || block === null) throw invalidField(where, 'must be a content block');
    checkBlock(block, where);
  }
  return content;
}

function checkBlock(block: ContentBlock, where: string): void {
  if (typeof block.type !== 'string') throw invalidField(`${where}.type`, 'is required');
  if (block.type === 'text') requireText(block.text, `${where}.text`);
  if (block.type === 'tool_use') {
    requireString(block.id, `${where}.id`);
    requireString(block.name, `${where}.name`);
  }
  if (block.type === 'tool_result') {
    requireString(block.tool_use_id, `${where}.tool_use_id`);
    if (block.content != null) requireBlocks(block.content, `${where}.content`);
  }
}

function requireText(value: unknown, field: string): void {
  if (typeof value !== 'string') throw invalidField(field, 'must be a string');
}
