/** Traces and metrics by OpenTelemetry: what a collector gets of a request, what its provider is told of the trace. */
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChatEndpoint } from '../../src/api/endpoint.ts';
import { endpoints } from '../../src/api/endpoints.ts';
import { type Environment, parseSettings } from '../../src/config/environment.ts';
import { EventBus } from '../../src/events/event-bus.ts';
import { openTelemetryOf } from '../../src/opentelemetry.ts';
import { routeOf } from '../../src/sinks/opentelemetry/spans.ts';
import { callRecord } from '../helpers/call-record.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { type OtlpCollector, startOtlpCollector } from '../helpers/otlp-collector.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';

const QUICK: Environment = {
  RETRIES: '0',
  CACHE_TTL: '0',
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  OTEL_METRIC_EXPORT_INTERVAL: '200',
};
const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

async function traced(environment: Environment = {}) {
  const collector = await startOtlpCollector();
  const gateway = await startGateway({
    ...QUICK,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...environment,
  });
  return { gateway, collector };
}

const spansOf = (collector: OtlpCollector, count: number) =>
  eventually(() => {
    expect(collector.spans).toHaveLength(count);
    return collector.spans;
  });

it('what a collector does not take is told by the log', async () => {
  const collector = await startRawUpstream({ status: 403, body: '{}' });
  const { ask, log } = await startGateway({
    ...QUICK,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_METRICS_EXPORTER: 'none',
  });
  await ask({ prompt: 'hello' });
  const told = await eventually(() => {
    const line = log.find(({ sink }) => sink === 'opentelemetry');
    expect(line).toBeDefined();
    return line;
  });
  expect(told).toMatchObject({
    level: 40,
    msg: 'the collector did not take what was sent',
    reason: 'Forbidden',
  });
});

describe('a request', () => {
  it('is a server span with a client span for each attempt, by the names of the GenAI conventions', async () => {
    const { gateway, collector } = await traced();
    gateway.simulator.script('together', '500');
    const before = Date.now();
    const { headers, body } = await gateway
      .stream({
        prompt: 'hello',
        temperature: 0.2,
        stream_options: { include_usage: true },
      })
      .then((reply) => ({ headers: reply.headers, body: reply.chunks.at(-1)! }));
    const spans = await spansOf(collector, 3);
    const server = spans.find(({ kind }) => kind === 'server')!;
    const [failed, answered] = spans
      .filter(({ kind }) => kind === 'client')
      .sort((one, other) => one.start - other.start);
    expect(server).toMatchObject({
      name: 'POST /v1/chat/completions',
      parentSpanId: undefined,
      isError: false,
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/v1/chat/completions',
        'http.response.status_code': 200,
        'codellama.request_id': headers['x-request-id'],
        'codellama.chain': 'default',
        'codellama.cache': 'bypass',
        'codellama.attempts': 2,
      },
    });
    expect(failed).toMatchObject({
      name: 'chat togethercomputer/CodeLlama-34b-Instruct',
      parentSpanId: server.spanId,
      isError: true,
      attributes: {
        'gen_ai.provider.name': 'together',
        'error.type': 'upstream_unavailable',
        'http.response.status_code': 500,
      },
    });
    expect(answered).toMatchObject({
      name: 'chat gpt-4',
      traceId: server.traceId,
      parentSpanId: server.spanId,
      isError: false,
      events: ['first token'],
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4',
        'gen_ai.request.temperature': 0.2,
        'gen_ai.request.stream': true,
        'gen_ai.response.time_to_first_chunk': expect.any(Number),
        'gen_ai.response.model': 'gpt-4',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': body.usage!.prompt_tokens,
        'gen_ai.usage.output_tokens': body.usage!.completion_tokens,
      },
    });
    expect(failed!.end).toBeLessThanOrEqual(answered!.start + 1);
    expect(server.start).toBeGreaterThanOrEqual(before - 1);
    expect(server.end).toBeGreaterThanOrEqual(answered!.end - 1);
    expect(collector.resource()).toMatchObject({ 'service.name': 'codellama-server' });
  });

  it('has the route that it came in by, whatever its door', () => {
    const doors = endpoints.filter((endpoint): endpoint is ChatEndpoint => endpoint.kind === 'chat');
    expect(doors.length).toBeGreaterThan(6);
    for (const { paths, format } of doors)
      expect(
        [true, false]
          .map((stream) => routeOf({ door: format.name, stream }))
          .some((route) => paths.includes(route)),
        format.name,
      ).toBe(true);
  });

  it('that is refused is a span, too', async () => {
    const { gateway, collector } = await traced();
    await gateway.ask({ prompt: '' }, { traceparent: CALLER });
    const [span] = await spansOf(collector, 1);
    expect(span).toMatchObject({
      kind: 'server',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      attributes: { 'http.response.status_code': 400, 'error.type': 'invalid_request' },
    });
  });
});

describe('the caller’s trace', () => {
  it('goes on: the caller’s span is the parent of ours, and ours that of the provider’s', async () => {
    const { gateway, collector } = await traced();
    await gateway.ask({ model: 'gpt-4', prompt: 'hello' }, { traceparent: CALLER, tracestate: 'vendor=1' });
    const spans = await spansOf(collector, 2);
    const server = spans.find(({ kind }) => kind === 'server')!;
    const client = spans.find(({ kind }) => kind === 'client')!;
    expect(server).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
      traceState: 'vendor=1',
    });
    const [call] = gateway.simulator.callsTo('openai');
    expect(call!.headers.traceparent).toBe(`00-${server.traceId}-${client.spanId}-01`);
    expect(call!.headers.tracestate).toBe('vendor=1');
  });

  it('that is not recorded there is not recorded here, and goes on as such', async () => {
    const { gateway, collector } = await traced();
    await gateway.ask({ model: 'gpt-4', prompt: 'one' }, { traceparent: CALLER.replace(/01$/, '00') });
    await gateway.ask({ model: 'gpt-4', prompt: 'two' }, { traceparent: CALLER });
    const spans = await spansOf(collector, 2);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    expect(gateway.simulator.callsTo('openai')[0]!.headers.traceparent).toMatch(/^00-4bf92f.*-00$/);
  });

  it('stays with us where propagation is switched off', async () => {
    const { gateway, collector } = await traced({ OTEL_PROPAGATORS: 'none' });
    await gateway.ask({ model: 'gpt-4', prompt: 'hello' }, { traceparent: CALLER });
    await spansOf(collector, 2);
    expect(gateway.simulator.callsTo('openai')[0]!.headers).not.toHaveProperty('traceparent');
  });
});

describe('content', () => {
  it('is in no span', async () => {
    const { gateway, collector } = await traced();
    gateway.simulator.answer('openai', 'a secret answer');
    await gateway.ask({ model: 'gpt-4', prompt: 'a secret question' });
    expect(JSON.stringify(await spansOf(collector, 2))).not.toContain('secret');
  });

  it('is there where it is switched on: instructions, question and answer', async () => {
    const { gateway, collector } = await traced({
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    });
    gateway.simulator.answer('openai', 'an answer');
    await gateway.ask({ model: 'gpt-4', prompt: 'a question' });
    const spans = await spansOf(collector, 2);
    const { attributes } = spans.find(({ kind }) => kind === 'client')!;
    expect(JSON.parse(String(attributes['gen_ai.input.messages']))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'a question' }] },
    ]);
    expect(JSON.parse(String(attributes['gen_ai.output.messages']))).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'an answer' }], finish_reason: 'stop' },
    ]);
    expect(String(attributes['gen_ai.system_instructions'])).toContain(
      'Only respond to questions about code',
    );
  });
});

it('metrics by the GenAI conventions: tokens, durations, first tokens', async () => {
  const { gateway, collector } = await traced({ OTEL_TRACES_EXPORTER: 'none' });
  const { chunks } = await gateway.stream({
    model: 'gpt-4',
    prompt: 'hello',
    stream_options: { include_usage: true },
  });
  const { completion_tokens: output } = chunks.at(-1)!.usage!;
  await eventually(() => expect(collector.points()).not.toEqual([]));
  const points = collector.points();
  const ofGpt4 = { 'gen_ai.provider.name': 'openai', 'gen_ai.request.model': 'gpt-4' };
  expect(points).toContainEqual({
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    count: 1,
    sum: output,
    attributes: expect.objectContaining({ ...ofGpt4, 'gen_ai.token.type': 'output' }),
  });
  for (const name of [
    'gen_ai.client.operation.duration',
    'gen_ai.server.request.duration',
    'gen_ai.server.time_to_first_token',
    'gen_ai.server.time_per_output_token',
  ])
    expect(points).toContainEqual(
      expect.objectContaining({ name, unit: 's', count: 1, attributes: expect.objectContaining(ofGpt4) }),
    );
  expect(collector.spans).toEqual([]);
});

it('a collector’s key is sent, and is in no line of the log', async () => {
  const { gateway, collector } = await traced({
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20key-of-the-collector',
  });
  await gateway.ask({ model: 'gpt-4', prompt: 'hello' });
  await spansOf(collector, 2);
  expect(collector.headers[0]!.authorization).toBe('Bearer key-of-the-collector');
  expect(JSON.stringify(gateway.log)).not.toContain('key-of-the-collector');
});

it('callers do not wait for a collector that takes everything and answers nothing', async () => {
  const collector = await startOtlpCollector(true);
  const endless = { OTEL_EXPORTER_OTLP_TIMEOUT: '600000', OTEL_BSP_EXPORT_TIMEOUT: '600000' };
  const gateway = await startGateway({
    ...QUICK,
    ...endless,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  });
  for (const prompt of ['one', 'two', 'three'])
    expect((await gateway.ask({ model: 'gpt-4', prompt })).status).toBe(200);
});

it('what waits for the thread of spans is bounded in bytes, also where no content is passed on', async () => {
  const settings = parseSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  const log = pino({ level: 'silent' });
  const bus = new EventBus(log, [openTelemetryOf(settings, log)!]);
  onTestFinished(() => bus.close(0));
  const content = 'x'.repeat(5_000_000);
  const record = callRecord({}, { request: { messages: [{ role: 'user', content }], stream: false } });
  for (let number = 0; number < 10; number++) bus.publish({ type: 'call_settled', record });
  expect(bus.counts().opentelemetry!.dropped).toBeGreaterThan(0);
});

it('without an address to send to, providers get no traceparent and nothing is loaded', async () => {
  const gateway = await startGateway({ CACHE_TTL: '0' });
  await gateway.ask({ model: 'gpt-4', prompt: 'hello' }, { traceparent: CALLER });
  expect(gateway.simulator.callsTo('openai')[0]!.headers).not.toHaveProperty('traceparent');
});
