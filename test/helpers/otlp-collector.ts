/** An OpenTelemetry collector that keeps what it is sent as JSON (OTLP over HTTP), in the shapes of the protocol. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly traceState: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'other';
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  readonly events: readonly string[];
}

export interface CollectedPoint {
  readonly name: string;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface OtlpCollector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Of the last export; counts are cumulated. */
  readonly points: () => readonly CollectedPoint[];
  readonly resource: () => Readonly<Record<string, unknown>>;
  readonly headers: readonly IncomingHttpHeaders[];
}

interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}
interface AttributeValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly AttributeValue[] };
}

/** Closed when the test ends. @param isSilent takes everything and answers nothing */
export async function startOtlpCollector(isSilent = false): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let points: CollectedPoint[] = [];
  let resource: Record<string, unknown> = {};
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    if (isSilent) return;
    headers.push(request.headers);
    const body = JSON.parse(
      String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes),
    );
    if (request.url === '/v1/traces') {
      for (const group of body.resourceSpans) {
        resource = attributesOf(group.resource.attributes);
        for (const scope of group.scopeSpans) spans.push(...scope.spans.map(spanOf));
      }
    } else if (request.url === '/v1/metrics') {
      const scopes = body.resourceMetrics.flatMap((group: { scopeMetrics: object[] }) => group.scopeMetrics);
      points = scopes.flatMap((scope: { metrics: object[] }) => scope.metrics.flatMap(pointsOf as never));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, spans, points: () => points, resource: () => resource, headers };
}

function spanOf(span: {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code: number };
  events: { name: string }[];
}): CollectedSpan {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    name: span.name,
    kind: span.kind === 2 ? 'server' : span.kind === 3 ? 'client' : 'other',
    start: Number(span.startTimeUnixNano) / 1e6,
    end: Number(span.endTimeUnixNano) / 1e6,
    attributes: attributesOf(span.attributes),
    isError: span.status.code === 2,
    events: span.events.map(({ name }) => name),
  };
}

function pointsOf(metric: {
  name: string;
  unit: string;
  histogram: { dataPoints: { count: number | string; sum: number; attributes: Attribute[] }[] };
}): CollectedPoint[] {
  return metric.histogram.dataPoints.map(({ count, sum, attributes }) => ({
    name: metric.name,
    unit: metric.unit,
    count: Number(count),
    sum,
    attributes: attributesOf(attributes),
  }));
}

function attributesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOfAttribute(value)]));
}

function valueOfAttribute(value: AttributeValue): unknown {
  if (value.arrayValue) return value.arrayValue.values.map(valueOfAttribute);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue;
}
