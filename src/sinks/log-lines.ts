/** What a request's log line says: the receipt without nesting for machines, and the few facts a person looks for. */
import type { EventOf } from '../events/event.ts';
import type { Receipt } from '../events/receipt.ts';
import { attemptText } from '../routing/attempts.ts';

/** Every key is there on every line, `null` where there is nothing to say: log stores index them by name. */
export function requestFields(receipt: Receipt, status: number) {
  const { usage, error } = receipt;
  return {
    request_id: receipt.id,
    status,
    path: null,
    key_id: receipt.key_id,
    project: receipt.project,
    user: receipt.user,
    door: receipt.door,
    agent: receipt.agent,
    session: receipt.session,
    chain: receipt.chain,
    model: receipt.model,
    provider: receipt.provider,
    stream: receipt.stream,
    cache: receipt.cache,
    attempts: receipt.attempts.map(attemptText).join('; '),
    attempt_count: receipt.attempts.length,
    input_tokens: usage.input,
    cached_input_tokens: usage.cached_input,
    cache_write_tokens: usage.cache_write,
    output_tokens: usage.output,
    reasoning_tokens: usage.reasoning,
    tokens_estimated: usage.estimated,
    cost_usd: receipt.cost_usd,
    hold_usd: receipt.hold_usd,
    ttft_ms: receipt.ttft_ms,
    duration_ms: receipt.duration_ms,
    finish_reason: receipt.finish_reason,
    stitched: receipt.stitched,
    client: receipt.client,
    error_kind: error?.kind ?? null,
    error_message: error?.message ?? null,
  };
}

type Fields = Record<keyof ReturnType<typeof requestFields>, unknown>;

/** The same keys of a request that was refused. Its message is left out: it may quote what the caller wrote. */
export function refusalFields(event: EventOf<'request_refused'>): Fields {
  return {
    ...NOTHING_TO_SAY,
    request_id: event.requestId,
    status: event.status,
    path: event.path,
    key_id: event.keyId,
    project: event.projectId,
    door: event.door ?? null,
    agent: event.agent ?? null,
    session: event.session ?? null,
    duration_ms: event.duration_ms ?? null,
    error_kind: event.kind,
  };
}

const NOTHING_TO_SAY: Fields = {
  request_id: null,
  status: null,
  path: null,
  key_id: null,
  project: null,
  user: null,
  door: null,
  agent: null,
  session: null,
  chain: null,
  model: null,
  provider: null,
  stream: null,
  cache: null,
  attempts: null,
  attempt_count: null,
  input_tokens: null,
  cached_input_tokens: null,
  cache_write_tokens: null,
  output_tokens: null,
  reasoning_tokens: null,
  tokens_estimated: null,
  cost_usd: null,
  hold_usd: null,
  ttft_ms: null,
  duration_ms: null,
  finish_reason: null,
  stitched: null,
  client: null,
  error_kind: null,
  error_message: null,
};

/** `200 chat  default → openai/gpt-4  miss  1.2s (first token 0.3s)  44+61 tokens  $0.0036  req_…` */
export function readableLine(receipt: Receipt, status: number): string {
  const { usage, error, ttft_ms: first } = receipt;
  const input = usage.input + usage.cached_input + usage.cache_write;
  const output = usage.output + usage.reasoning;
  const target = receipt.model === null ? '' : ` → ${receipt.provider}/${receipt.model}`;
  const firstToken = receipt.stream && first !== null ? ` (first token ${seconds(first)})` : '';
  const parts = [
    `${status} ${receipt.door}`,
    `${receipt.chain}${target}`,
    receipt.cache,
    `${seconds(receipt.duration_ms)}${firstToken}`,
    `${usage.estimated ? 'about ' : ''}${input}+${output} tokens`,
    receipt.cost_usd === null ? 'price unknown' : `$${receipt.cost_usd}`,
    receipt.client === 'closed' && 'the caller left',
    receipt.agent && `by ${receipt.agent}`,
    error && `${error.kind}: ${error.message}`,
    receipt.attempts.length > 1 && receipt.attempts.map(attemptText).join('; '),
    receipt.id,
  ];
  return parts.filter(Boolean).map(onOneLine).join('  ');
}

/** `400 invalid_request  /v1/chat/completions  req_…` */
export function readableRefusal({ requestId, path, kind, status }: EventOf<'request_refused'>): string {
  return [`${status} ${kind}`, path, requestId].map(onOneLine).join('  ');
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 100 ? 3 : 1)}s`;
}

/** A line feed or an escape sequence in a name could write lines of its own, or steer the terminal. */
function onOneLine(text: unknown): string {
  return String(text).replace(/\p{Cc}/gu, ' ');
}
