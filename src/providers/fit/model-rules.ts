/**
 * What model families take that others of the same provider do not, as data with its source and the month it was read.
 * A new family is a line here.
 */
import type { ChatRequest } from '../../core/openai-types.ts';

interface EffortRule {
  readonly models: RegExp;
  /** Values of `reasoning_effort` the family knows. */
  readonly efforts: readonly string[];
  readonly source: string;
}

/** From the least to the most. */
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** Tried in order; the first that fits holds. */
const OPENAI_EFFORTS: readonly EffortRule[] = [
  {
    models: /^(?:ft:)?gpt-(?:[6-9]|\d\d)/,
    efforts: ['none', 'low', 'medium', 'high', 'xhigh', 'max'],
    source: "OpenAI's reasoning guide and the types of openai 7.57, 2026-11",
  },
  {
    models: /^(?:ft:)?gpt-5\.(?:[2-9]|\d\d)/,
    efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
    source: "OpenAI's reasoning guide, 2026-11: `minimal` ended with gpt-5.1, `xhigh` came with gpt-5.2",
  },
  {
    models: /^(?:ft:)?gpt-5\.1/,
    efforts: ['none', 'low', 'medium', 'high'],
    source: "OpenAI's reasoning guide, 2026-11",
  },
  {
    models: /^(?:ft:)?gpt-5/,
    efforts: ['minimal', 'low', 'medium', 'high'],
    source: "OpenAI's reasoning guide, 2026-11",
  },
  {
    models: /^(?:ft:)?o\d/,
    efforts: ['low', 'medium', 'high'],
    source: "OpenAI's reasoning guide, 2026-11",
  },
];

/**
 * gpt-5.4 and later: "Function tools with reasoning_effort are not supported for this model in /v1/chat/completions. To
 * use function tools, use /v1/responses or set reasoning_effort to 'none'." (OpenAI's reply of status 400, 2026-11).
 */
const TOOLS_WITHOUT_EFFORT = /^(?:ft:)?gpt-(?:5\.(?:[4-9]|\d\d)|[6-9]|\d\d)/;

/** Whether a model answers 400 to functions beside a reasoning effort, on chat completions. */
export function refusesToolsWithEffort(model: string): boolean {
  return TOOLS_WITHOUT_EFFORT.test(model);
}

/**
 * The request with an effort the model takes: none beside tools where it demands that, else the nearest it knows.
 * `dropped` is told when it is not the one that was asked for.
 */
export function withKnownEffort(request: ChatRequest, model: string, dropped: string[]): ChatRequest {
  const { reasoning_effort: wanted, tools } = request;
  const effort =
    tools?.length && refusesToolsWithEffort(model)
      ? 'none'
      : wanted == null
        ? wanted
        : nearestEffort(wanted, model);
  if (effort === wanted || effort == null) return request;
  if (wanted != null) dropped.push('reasoning_effort');
  return { ...request, reasoning_effort: effort as ChatRequest['reasoning_effort'] };
}

/** An effort that nobody knows is the provider's to judge. */
export function nearestEffort(wanted: string, model: string): string {
  const known = OPENAI_EFFORTS.find(({ models }) => models.test(model))?.efforts;
  const rank = EFFORTS.indexOf(wanted);
  if (!known || rank < 0 || known.includes(wanted)) return wanted;
  const distance = (effort: string) => Math.abs(EFFORTS.indexOf(effort) - rank);
  return known.reduce((best, effort) => (distance(effort) < distance(best) ? effort : best));
}
