/**
 * Token counts, validated once: every number is finite, whole, not negative and bounded, what was read and what was written
 * are the total, and what was read from a cache has one name.
 */

import type { MutableFields } from '../../core/json-object.ts';
import type { Usage } from '../../core/openai-types.ts';

/** Tokens. No window and no answer is near it; a larger count is a fault, and would be a price. */
const MAX_COUNT = 100_000_000;

/** Cached input beside `prompt_tokens_details`: DeepSeek's, Moonshot's and Together's, Fireworks' and Anthropic's name for it. */
const CACHED_NAMES = [
  'prompt_cache_hit_tokens',
  'cached_tokens',
  'num_cached_tokens',
  'cache_read_input_tokens',
];

/** An all-zero usage is a placeholder, not a report. */
export function saysNothing(usage: Usage | null | undefined): boolean {
  return !usage || !(usage.prompt_tokens > 0 || usage.completion_tokens > 0 || usage.total_tokens > 0);
}

/** Whether a value can be a number of tokens. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_COUNT;
}

/**
 * @param reported in OpenAI's shape or nearly so
 * @returns the very object when nothing in it has to be put right; `undefined` when nothing usable was reported
 */
export function normaliseUsage(reported: unknown): Usage | undefined {
  if (typeof reported !== 'object' || reported === null) return undefined;
  const fields = reported as MutableFields;
  if (isRight(fields)) return fields.total_tokens === 0 ? undefined : (reported as Usage);
  const counts = mainCounts(fields);
  return counts && withDetails(fields, counts);
}

function isRight(fields: MutableFields): boolean {
  const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = fields;
  if (!isCount(prompt) || !isCount(completion) || prompt + completion !== total) return false;
  for (const name of CACHED_NAMES) if (fields[name] !== undefined) return false;
  if (fields.estimated !== undefined || fields.input_tokens_details !== undefined) return false;
  return (
    areRight(fields.prompt_tokens_details, prompt) && areRight(fields.completion_tokens_details, completion)
  );
}

function areRight(details: unknown, whole: number): boolean {
  if (details === undefined) return true;
  if (typeof details !== 'object' || details === null) return false;
  const {
    cached_tokens: cached,
    reasoning_tokens: reasoning,
    cache_creation_tokens: created,
  } = details as MutableFields;
  if (created !== undefined) return false;
  for (const key in details) {
    const value = (details as MutableFields)[key];
    if (value === null || (typeof value === 'number' && !isCount(value))) return false;
  }
  const isPart = (part: unknown) => part === undefined || (isCount(part) && part <= whole);
  return isPart(cached) && isPart(reasoning) && isPart((details as MutableFields).cache_write_tokens);
}

interface Counts {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * What is missing to the total is output: xAI and Gemini report their thinking outside the completion.
 * @returns `undefined` when a count is none, or none says how much was written
 */
function mainCounts(fields: MutableFields): Counts | undefined {
  const prompt = numberOf(fields.prompt_tokens ?? fields.input_tokens);
  const completion = numberOf(fields.completion_tokens ?? fields.output_tokens ?? undefined);
  const total = numberOf(fields.total_tokens ?? undefined);
  if (!isCount(prompt)) return undefined;
  if (completion !== undefined && !isCount(completion)) return undefined;
  if (total !== undefined && !isCount(total)) return undefined;
  if (completion === undefined && total === undefined) return undefined;
  const thought = count(details(fields.completion_tokens_details).reasoning_tokens);
  // More thought than written: it was counted beside the completion.
  const written = (completion ?? 0) + (total === undefined && thought > (completion ?? 0) ? thought : 0);
  const all = Math.max(written, (total ?? 0) - prompt);
  return prompt + all === 0 ? undefined : { prompt, completion: all };
}

function withDetails(fields: MutableFields, { prompt, completion }: Counts): Usage {
  const usage: MutableFields = {};
  for (const key in fields) if (key !== 'estimated' && !isOddNumber(fields[key])) usage[key] = fields[key];
  usage.prompt_tokens = prompt;
  usage.completion_tokens = completion;
  usage.total_tokens = prompt + completion;
  setDetails(usage, 'prompt_tokens_details', promptDetails(fields, prompt));
  setDetails(usage, 'completion_tokens_details', completionDetails(fields, completion));
  return usage as unknown as Usage;
}

function setDetails(usage: MutableFields, name: string, found: MutableFields): void {
  if (Object.keys(found).length > 0) usage[name] = found;
  else delete usage[name];
}

function promptDetails(fields: MutableFields, prompt: number): MutableFields {
  const found = rightNumbers({
    ...details(fields.input_tokens_details),
    ...details(fields.prompt_tokens_details),
  });
  const names = CACHED_NAMES.map((name) => count(fields[name]));
  const cached = Math.min(prompt, Math.max(count(found.cached_tokens), ...names));
  const written = Math.max(
    count(found.cache_write_tokens),
    count(found.cache_creation_tokens),
    count(fields.cache_creation_input_tokens),
  );
  delete found.cache_creation_tokens;
  if (cached > 0 || 'cached_tokens' in found) found.cached_tokens = cached;
  if (written > 0) found.cache_write_tokens = Math.min(prompt - cached, written);
  return found;
}

function completionDetails(fields: MutableFields, completion: number): MutableFields {
  const found = rightNumbers(details(fields.completion_tokens_details));
  if ('reasoning_tokens' in found)
    found.reasoning_tokens = Math.min(completion, count(found.reasoning_tokens));
  return found;
}

/**
 * Reports of one stream are running totals, and a later one may have zeros for what it does not repeat.
 * @returns the later report, no count of it below that of the earlier
 */
export function laterUsage(before: Usage | undefined, later: Usage): Usage {
  if (!before || before === later) return later;
  const prompt = Math.max(before.prompt_tokens, later.prompt_tokens);
  const completion = Math.max(before.completion_tokens, later.completion_tokens);
  const usage: MutableFields = { ...before, ...later };
  usage.prompt_tokens = prompt;
  usage.completion_tokens = completion;
  usage.total_tokens = prompt + completion;
  for (const name of ['prompt_tokens_details', 'completion_tokens_details'] as const)
    setDetails(usage, name, largest(details(before[name]), details(later[name])));
  return usage as unknown as Usage;
}

function largest(before: MutableFields, later: MutableFields): MutableFields {
  const found: MutableFields = { ...before, ...later };
  for (const [key, value] of Object.entries(before))
    if (isCount(value)) found[key] = Math.max(value, count(later[key]));
  return found;
}

function details(value: unknown): MutableFields {
  return typeof value === 'object' && value !== null ? (value as MutableFields) : {};
}

function count(value: unknown): number {
  const number = numberOf(value);
  return isCount(number) ? number : 0;
}

/** Some servers write their counts as texts. @returns what is no such text as it is */
function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : value;
}

function isOddNumber(value: unknown): boolean {
  return typeof value === 'number' && !Number.isFinite(value);
}

/** Counts that are none are left out, whatever they are. */
function rightNumbers(fields: MutableFields): MutableFields {
  const numbers = Object.entries(fields).map(
    ([name, value]) => [name, name.endsWith('_tokens') ? numberOf(value) : value] as const,
  );
  return Object.fromEntries(
    numbers.filter(([name, value]) =>
      name.endsWith('_tokens') || typeof value === 'number' ? isCount(value) : value !== null,
    ),
  );
}
