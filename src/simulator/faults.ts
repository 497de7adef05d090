/** What can go wrong: the fault vocabulary, and how a fault is written in a header or a script. */
import { providerNames, type SimulatedProvider } from './wire.ts';

/** A line of the vocabulary. */
export interface FaultDescription {
  name: string;
  /** What the optional number after `:` means; absent when the fault takes none. */
  parameter?: string;
  description: string;
}

/** A fault as it was asked for: `slow:500` has the parameter 500. */
export interface Fault {
  name: string;
  parameter?: number;
}

/** What an `x-simulate` header asks for: at most one fault a provider. */
export type SimulateDirectives = Partial<Record<SimulatedProvider, Fault>>;

const retryAfter = 'retry-after in seconds';
const afterDeltas = 'after this many deltas (3)';

/** Every fault the simulator knows, in the order to show them. */
export const faultCatalogue: readonly FaultDescription[] = [
  { name: 'ok', description: 'no fault: a placeholder in scripts' },
  { name: '400', description: 'invalid request' },
  { name: '401', description: 'not authenticated' },
  { name: '402', description: 'payment required' },
  { name: '403', description: 'not permitted' },
  { name: '404', description: 'not found' },
  { name: '408', description: 'request timed out at the provider' },
  { name: '409', description: 'conflict' },
  { name: '413', description: 'request too large' },
  { name: '422', description: 'unprocessable request' },
  {
    name: '429',
    parameter: retryAfter,
    description: 'rate limited; without a number, no hint when to retry',
  },
  { name: '500', description: 'internal server error' },
  { name: '502', description: 'bad gateway, as JSON' },
  { name: '503', parameter: retryAfter, description: 'service unavailable' },
  { name: '504', description: 'gateway timeout' },
  { name: '529', parameter: retryAfter, description: 'overloaded' },
  { name: 'quota', description: 'no credit left (OpenAI 429, Anthropic 400, Together 402)' },
  { name: 'spend_limit', description: 'monthly spend limit reached (429, not a rate limit; Together 402)' },
  { name: 'context_length', description: 'prompt longer than the context window (Together 422, others 400)' },
  { name: 'content_filter', description: 'refused by the content filter (400)' },
  { name: 'gone', description: 'the model is retired or unknown (404)' },
  { name: 'not_serverless', description: 'Together: 400, the model is only on dedicated endpoints now' },
  { name: 'bad_key', description: 'the API key is wrong (401)' },
  { name: 'reset', description: 'connection reset before any header' },
  { name: 'hang', parameter: 'milliseconds (for ever)', description: 'no headers' },
  { name: 'stall', description: 'headers (and half of a whole body), then silence' },
  { name: 'stall_mid', parameter: afterDeltas, description: 'silence in mid answer' },
  { name: 'cut', parameter: afterDeltas, description: 'connection closed in mid answer' },
  {
    name: 'no_finish',
    parameter: 'after this many deltas (all)',
    description: 'clean end without a finish reason',
  },
  { name: 'no_done', description: 'finish reason, but no [DONE] or message_stop' },
  { name: 'error_event', parameter: afterDeltas, description: 'a server error as an event in mid stream' },
  { name: 'rate_limit_event', parameter: afterDeltas, description: 'a rate limit as an event in mid stream' },
  { name: 'malformed_event', parameter: afterDeltas, description: 'broken JSON in one event' },
  { name: 'html502', description: "a proxy's HTML page with status 502" },
  { name: 'html200', description: 'an HTML page with status 200' },
  { name: 'empty', description: 'status 200, no body' },
  { name: 'empty_answer', description: 'a valid reply whose answer is empty' },
  { name: 'truncated_json', description: 'JSON that stops half way, cleanly' },
  { name: 'not_json', description: 'plain text with status 200' },
  { name: 'length', description: 'half an answer, finish reason length' },
  { name: 'no_usage', description: 'no token usage reported' },
  {
    name: 'cached',
    parameter: 'tokens (8)',
    description: 'that many input tokens reported as read from cache',
  },
  { name: 'slow', parameter: 'milliseconds (200)', description: 'a pause before each chunk or the reply' },
  { name: 'one_byte', description: 'the reply one byte at a time, multi-byte characters split' },
  { name: 'crlf', description: 'SSE with CRLF line ends and comments between events' },
  { name: 'eos', description: "Together's finish reason eos in place of stop" },
  { name: 'overlap', parameter: 'words (3)', description: 'a continuation repeats the last words before it' },
  { name: 'restart', description: 'a continuation ignores the partial answer and starts over' },
];

const byName = new Map(faultCatalogue.map((fault) => [fault.name, fault]));

/** PromptLayer answers no streams and no completions: only these make sense there. */
const promptLayerFaults = new Set(['ok', 'hang', 'reset', 'slow', 'bad_key']);

/**
 * Reads one fault as written, `cut:20`.
 * @throws Error naming what is wrong and what is known.
 */
export function parseFault(text: string): Fault {
  const [name = '', number, ...rest] = text.trim().split(':');
  const known = byName.get(name);
  if (!known) {
    throw new Error(`Unknown fault '${name}'. Known faults: ${[...byName.keys()].join(', ')}.`);
  }
  if (number === undefined) return { name };
  if (!known.parameter) throw new Error(`Fault '${name}' takes no parameter, but got '${text.trim()}'.`);
  if (rest.length > 0 || !/^\d{1,9}$/.test(number)) {
    throw new Error(`Fault '${name}' takes a whole number (${known.parameter}), but got '${text.trim()}'.`);
  }
  return { name, parameter: Number(number) };
}

/** Reads a fault for one provider. @throws Error when that provider cannot have it. */
export function parseFaultFor(provider: SimulatedProvider, text: string): Fault {
  const fault = parseFault(text);
  if (provider === 'promptlayer' && !/^\d/.test(fault.name) && !promptLayerFaults.has(fault.name)) {
    throw new Error(
      `Fault '${fault.name}' does not apply to promptlayer, which knows statuses and ${[...promptLayerFaults].join(', ')}.`,
    );
  }
  return fault;
}

/**
 * Reads an `x-simulate` header: `together=429:2, openai=cut:20`, separated by commas or semicolons.
 * @throws Error with a message fit for the caller when anything in it is unknown.
 */
export function parseSimulateHeader(text: string): SimulateDirectives {
  const directives: SimulateDirectives = {};
  for (const part of text.split(/[,;]/)) {
    if (part.trim() === '') continue;
    const [name = '', fault] = part.split('=').map((side) => side.trim());
    const provider = providerNames.find((known) => known === name.toLowerCase());
    if (!provider) {
      throw new Error(
        `Unknown provider '${name}' in x-simulate. Known providers: ${providerNames.join(', ')}.`,
      );
    }
    if (!fault) throw new Error(`x-simulate needs a fault after '${name}', as in '${name}=429'.`);
    if (directives[provider]) throw new Error(`x-simulate names '${provider}' twice.`);
    directives[provider] = parseFaultFor(provider, fault);
  }
  return directives;
}
