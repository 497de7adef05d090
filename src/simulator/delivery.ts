/** Turns a reply and a fault into the steps that go over the socket. Pure: `deliver.ts` takes the steps. */
import type { Fault } from './faults.ts';
import type { PlannedReply, PlannedStreamReply, PlannedWholeReply, StreamEvent } from './wire.ts';

/** One thing that is done to the socket, in order. */
export type DeliveryStep =
  | { kind: 'head'; status: number; headers: { [name: string]: string } }
  | { kind: 'write'; bytes: string | Uint8Array }
  | { kind: 'wait'; ms: number }
  /** Nothing more until the client leaves. */
  | { kind: 'silence' }
  /** `reset` sends a TCP reset; otherwise the connection is closed after what was written has gone out. */
  | { kind: 'destroy'; reset: boolean }
  | { kind: 'end' };

/** How fast a reply comes. */
export interface Pace {
  /** Before the first delta of a stream, or a whole reply; milliseconds. */
  firstTokenMs: number;
  /** Between the chunks of a stream; milliseconds. */
  tokenMs: number;
}

const defaultDeltas = 3;
const end: DeliveryStep = { kind: 'end' };
const silence: DeliveryStep = { kind: 'silence' };
const cut: DeliveryStep = { kind: 'destroy', reset: false };

/**
 * Plans a delivery.
 * @param errorEvent what `error_event` and `rate_limit_event` put in the stream.
 */
export function planDelivery(
  reply: PlannedReply,
  fault: Fault | undefined,
  pace: Pace,
  errorEvent?: StreamEvent,
): DeliveryStep[] {
  switch (fault?.name) {
    case 'reset':
      return [{ kind: 'destroy', reset: true }];
    case 'hang':
      if (fault.parameter === undefined) return [silence];
      return [{ kind: 'wait', ms: fault.parameter }, ...planDelivery(reply, undefined, pace)];
    case 'html502':
      return replaced(502, 'text/html', gatewayPage);
    case 'html200':
      return replaced(200, 'text/html; charset=utf-8', maintenancePage);
    case 'not_json':
      return replaced(200, 'text/plain', 'upstream connect error or disconnect/reset before headers');
    case 'empty':
      return replaced(200, reply.headers['content-type'] ?? 'application/json', '');
  }
  const steps =
    'events' in reply ? planStream(reply, fault, pace, errorEvent) : planWhole(reply, fault, pace);
  return fault?.name === 'one_byte' ? steps.flatMap(byteByByte) : steps;
}

function planWhole(reply: PlannedWholeReply, fault: Fault | undefined, pace: Pace): DeliveryStep[] {
  const bytes = Buffer.from(reply.body);
  const half = bytes.subarray(0, bytes.length >> 1);
  const head = (length: number): DeliveryStep => ({
    kind: 'head',
    status: reply.status,
    headers: { ...reply.headers, 'content-length': String(length) },
  });
  const before: DeliveryStep[] = pace.firstTokenMs > 0 ? [{ kind: 'wait', ms: pace.firstTokenMs }] : [];
  switch (fault?.name) {
    case 'stall':
    case 'stall_mid':
      return [...before, head(bytes.length), { kind: 'write', bytes: half }, silence];
    case 'cut':
      return [...before, head(bytes.length), { kind: 'write', bytes: half }, cut];
    case 'truncated_json':
    case 'malformed_event':
      return [...before, head(half.length), { kind: 'write', bytes: half }, end];
    case 'slow':
      before.push({ kind: 'wait', ms: fault.parameter ?? 200 });
  }
  return [...before, head(bytes.length), { kind: 'write', bytes }, end];
}

function planStream(
  reply: PlannedStreamReply,
  fault: Fault | undefined,
  pace: Pace,
  errorEvent?: StreamEvent,
): DeliveryStep[] {
  const head: DeliveryStep = { kind: 'head', status: reply.status, headers: reply.headers };
  if (fault?.name === 'stall') return [head, silence];
  const { events, ending } = applyToEvents(reply.events, fault, errorEvent);
  const lineEnd = fault?.name === 'crlf' ? '\r\n' : '\n';
  const gap = fault?.name === 'slow' ? (fault.parameter ?? 200) : pace.tokenMs;
  const steps: DeliveryStep[] = [head];
  let deltas = 0;
  for (const event of events) {
    if (event.kind === 'delta') {
      // The start events go out at once; the model thinks before its first token.
      const pause = deltas === 0 ? Math.max(pace.firstTokenMs, fault?.name === 'slow' ? gap : 0) : gap;
      if (pause > 0) steps.push({ kind: 'wait', ms: pause });
      deltas++;
    }
    const comment = fault?.name === 'crlf' ? `: ping${lineEnd}${lineEnd}` : '';
    steps.push({ kind: 'write', bytes: comment + encodeEvent(event, lineEnd) });
  }
  return [...steps, ...ending];
}

/** The text of an event on the wire. */
export function encodeEvent(event: StreamEvent, lineEnd = '\n'): string {
  const name = event.name ? `event: ${event.name}${lineEnd}` : '';
  return `${name}data: ${event.data}${lineEnd}${lineEnd}`;
}

/** The events a fault lets through, and what comes after them. */
function applyToEvents(
  events: StreamEvent[],
  fault: Fault | undefined,
  errorEvent?: StreamEvent,
): { events: StreamEvent[]; ending: DeliveryStep[] } {
  const position = afterDeltas(events, fault?.parameter ?? defaultDeltas);
  const replaySoFar = events.slice(0, position);
  switch (fault?.name) {
    case 'stall_mid':
      return { events: replaySoFar, ending: [silence] };
    case 'cut':
      return { events: replaySoFar, ending: [cut] };
    case 'no_finish':
      return { events: events.slice(0, afterDeltas(events, fault.parameter ?? Infinity)), ending: [end] };
    case 'no_done':
      return { events: events.filter((event) => event.kind !== 'done'), ending: [end] };
    case 'error_event':
    case 'rate_limit_event':
      return { events: errorEvent ? [...replaySoFar, errorEvent] : replaySoFar, ending: [end] };
    case 'malformed_event': {
      const broken = Math.min(
        position,
        events.findLastIndex((event) => event.kind === 'delta'),
      );
      const spoiled = events.map((event, index) =>
        index === broken ? { ...event, data: half(event.data) } : event,
      );
      return { events: spoiled, ending: [end] };
    }
    case 'truncated_json': {
      const next = events[position];
      const last: DeliveryStep[] = next ? [{ kind: 'write', bytes: half(encodeEvent(next)) }] : [];
      return { events: replaySoFar, ending: [...last, end] };
    }
  }
  return { events, ending: [end] };
}

/**
 * The index right after the `count`th delta, or after the last one when there are fewer. A stream without
 * any (an empty answer) is cut before its finish reason.
 */
function afterDeltas(events: StreamEvent[], count: number): number {
  let seen = 0;
  let position = events.findIndex((event) => event.kind === 'finish');
  for (const [index, event] of events.entries()) {
    if (event.kind !== 'delta') continue;
    if (seen === count) return index;
    seen++;
    position = index + 1;
  }
  return position;
}

const half = (text: string) => text.slice(0, text.length >> 1);

function replaced(status: number, contentType: string, body: string): DeliveryStep[] {
  const headers = { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) };
  return [{ kind: 'head', status, headers }, ...(body ? [{ kind: 'write', bytes: body } as const] : []), end];
}

function byteByByte(step: DeliveryStep): DeliveryStep[] {
  if (step.kind !== 'write') return [step];
  // A turn of the event loop between the bytes keeps them from going out together.
  return Array.from(Buffer.from(step.bytes), (byte): DeliveryStep[] => [
    { kind: 'write', bytes: Uint8Array.of(byte) },
    { kind: 'wait', ms: 0 },
  ]).flat();
}

const gatewayPage = `<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>cloudflare</center>
</body>
</html>
`;

const maintenancePage = `<!DOCTYPE html>
<html><head><title>Just a moment...</title></head>
<body><h1>We are checking your browser.</h1></body></html>
`;
