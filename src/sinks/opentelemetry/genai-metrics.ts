import type { Meter } from '@opentelemetry/api';
import { operationOf, providerName } from './attributes.ts';
import type { TraceRecord } from './trace-record.ts';

/** The buckets that the conventions ask for. */
const TOKEN_BUCKETS = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
];
const DURATION_BUCKETS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const FIRST_TOKEN_BUCKETS = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
const PER_TOKEN_BUCKETS = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

/**
 * Makes the instruments of the conventions (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/).
 * @returns measures one request
 */
export function genAiMeasurements(meter: Meter): (record: TraceRecord) => void {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  const tokens = histogram('gen_ai.client.token.usage', '{token}', 'Tokens of a call', TOKEN_BUCKETS);
  const attempts = histogram(
    'gen_ai.client.operation.duration',
    's',
    'Duration of a call to a provider',
    DURATION_BUCKETS,
  );
  const requests = histogram(
    'gen_ai.server.request.duration',
    's',
    'Duration of a request',
    DURATION_BUCKETS,
  );
  const firstTokens = histogram(
    'gen_ai.server.time_to_first_token',
    's',
    'Time to the first token of a stream',
    FIRST_TOKEN_BUCKETS,
  );
  const perToken = histogram(
    'gen_ai.server.time_per_output_token',
    's',
    'Time between two tokens of a stream',
    PER_TOKEN_BUCKETS,
  );
  return (record) => {
    if (record.kind === 'refused') return;
    const { receipt } = record;
    const operation = { 'gen_ai.operation.name': operationOf(receipt.door) };
    const answered = {
      ...operation,
      ...(receipt.provider && { 'gen_ai.provider.name': providerName(receipt.provider) }),
      ...(receipt.model && { 'gen_ai.request.model': receipt.model, 'gen_ai.response.model': receipt.model }),
      ...(receipt.error && { 'error.type': receipt.error.kind }),
    };
    requests.record(receipt.duration_ms / 1000, answered);
    if (receipt.cache === 'coalesced') return;
    for (const { target, kind, started_ms: from, ended_ms: to } of receipt.attempts) {
      if (kind === 'cooling') continue;
      const slash = target.indexOf('/');
      attempts.record(((to ?? receipt.duration_ms) - from) / 1000, {
        ...operation,
        'gen_ai.provider.name': providerName(target.slice(0, slash)),
        'gen_ai.request.model': target.slice(slash + 1),
        ...(kind !== 'ok' && { 'error.type': kind }),
      });
    }
    const { usage } = receipt;
    const input = usage.input + usage.cached_input + usage.cache_write;
    const output = usage.output + usage.reasoning;
    if (input > 0) tokens.record(input, { ...answered, 'gen_ai.token.type': 'input' });
    if (output > 0) tokens.record(output, { ...answered, 'gen_ai.token.type': 'output' });
    if (!receipt.stream || receipt.ttft_ms === null || receipt.error) return;
    firstTokens.record(receipt.ttft_ms / 1000, answered);
    if (output > 1) perToken.record((receipt.duration_ms - receipt.ttft_ms) / 1000 / (output - 1), answered);
  };
}
