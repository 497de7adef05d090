/** What ended workers have counted stays in the sum of all, in a bounded number of series. */
import { expect, it } from 'vitest';
import { sumOfEnded, toPrometheusText } from '../../src/metrics/exposition.ts';
import { Counter, Histogram, MAX_METRIC_SERIES, type Snapshot } from '../../src/metrics/instruments.ts';
import { parsePrometheusText, sumOf, valueIn } from '../helpers/prometheus-text.ts';

/** A worker that has counted one request of each of 100 models of its own, and one of a model that all have. */
function worker(number: number): Snapshot[] {
  const requests = new Counter('requests_total', 'Requests', ['provider', 'model']);
  const durations = new Histogram('duration_seconds', 'Durations', ['provider', 'model'], [1, 2]);
  for (const model of ['gpt-4', ...Array.from({ length: 100 }, (_, at) => `made-up-${number}-${at}`)]) {
    requests.with('openai', model).value += 1;
    durations.with('openai', model).observe(1.5);
  }
  return [requests.snapshot(), durations.snapshot()];
}

it('however many workers end', async () => {
  let ended: readonly Snapshot[] = [];
  for (let number = 0; number < 25; number++) ended = sumOfEnded([ended, worker(number)]);
  const metrics = parsePrometheusText(await toPrometheusText([ended]));
  expect(sumOf(metrics, 'requests_total')).toBe(25 * 101);
  expect(valueIn(metrics, 'requests_total', { model: 'gpt-4' })).toBe(25);
  expect(valueIn(metrics, 'requests_total', { provider: 'other', model: 'other' })).toBe(
    25 * 101 - 25 - MAX_METRIC_SERIES + 1,
  );
  expect(metrics.get('requests_total')!.samples).toHaveLength(MAX_METRIC_SERIES + 1);
  expect(sumOf(metrics, 'duration_seconds_count')).toBe(25 * 101);
  expect(sumOf(metrics, 'duration_seconds_bucket', { le: '2' })).toBe(25 * 101);
});
