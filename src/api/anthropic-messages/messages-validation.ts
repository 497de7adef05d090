/** Errors of the Messages door name its own fields, and what was expected there. */
import { isJsonObject } from '../../core/json-object.ts';
import { type Failure, invalidRequest } from '../../failures/failure.ts';
import type { ContentBlock } from './content-blocks.ts';

/** More is no conversation; the bound keeps one request from holding up all others. */
const MAX_BLOCKS = 20_000;
const NEEDS_NAME = 'is required and must be a string';

/** The failure for a field that makes an answer impossible. @param field its path: `messages.0.content` */
export function invalidField(field: string, problem: string): Failure {
  return invalidRequest(`${field}: ${problem}`, field);
}

/** @throws {Failure} for a body that is no JSON object */
export function requireMessagesBody(body: unknown): Readonly<Record<string, unknown>> {
  if (isJsonObject(body)) return body;
  throw invalidRequest('The body must be a JSON object with `model`, `max_tokens` and `messages`.');
}

/** @throws {Failure} */
export function requireString(value: unknown, field: string): string {
  if (isName(value)) return value;
  throw invalidField(field, NEEDS_NAME);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** @throws {Failure} for content that is neither text nor a list of blocks with a type */
export function requireBlocks(content: unknown, field: string): string | readonly ContentBlock[] {
  const problem = problemOf(content);
  if (problem) throw invalidField(`${field}${problem.at}`, problem.what);
  return content as string | readonly ContentBlock[];
}

/** What is wrong, and where within the content (`.0.text`): the place is told by who finds one, not made for all who look. */
interface Problem {
  readonly at: string;
  readonly what: string;
}

function problemOf(content: unknown): Problem | undefined {
  if (typeof content === 'string') return undefined;
  if (!Array.isArray(content)) return { at: '', what: 'must be a string or a list of content blocks' };
  if (content.length > MAX_BLOCKS) return { at: '', what: `has more than ${MAX_BLOCKS} blocks` };
  for (let index = 0; index < content.length; index++) {
    const problem = problemOfBlock(content[index]);
    if (problem) return { ...problem, at: `.${index}${problem.at}` };
  }
  return undefined;
}

function problemOfBlock(given: unknown): Problem | undefined {
  if (!isJsonObject(given)) return { at: '', what: 'must be a content block' };
  const block = given as ContentBlock;
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' ? undefined : { at: '.text', what: 'must be a string' };
    case 'tool_use':
      return problemOfName(block.id, '.id') ?? problemOfName(block.name, '.name');
    case 'tool_result':
      return problemOfName(block.tool_use_id, '.tool_use_id') ?? problemOfResult(block.content);
    default:
      return typeof block.type === 'string' ? undefined : { at: '.type', what: 'is required' };
  }
}

function problemOfName(value: unknown, at: string): Problem | undefined {
  return isName(value) ? undefined : { at, what: NEEDS_NAME };
}

function problemOfResult(content: unknown): Problem | undefined {
  const problem = content == null ? undefined : problemOf(content);
  return problem && { ...problem, at: `.content${problem.at}` };
}
