/** A chat endpoint, whatever its format: from an HTTP request to a chat and back. */
import type { ApiFormat, HeaderList, ParsedCall } from '../api/api-format.ts';
import { readAttribution } from '../api/attribution.ts';
import type { ChatEndpoint } from '../api/endpoint.ts';
import { asksForTemplate, withTemplate } from '../api/openai-chat/prompt-template.ts';
import type { ChatAnswer } from '../chat/answer.ts';
import { chat } from '../chat/chat.ts';
import type { ChatDependencies, Incoming } from '../chat/incoming.ts';
import { callerFailure } from '../chat/newest-requests.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { dollarsText } from '../core/money.ts';
import { asFailure, clientClosed } from '../failures/failure.ts';
import { callContext, type EndpointDependencies, type Exchange } from './call-context.ts';
import { EventStream } from './event-stream.ts';
import { addRates, sendFailure, sendText } from './send-reply.ts';

/** @throws {Failure} for a request that is not admitted; nothing has been sent then */
export async function serveChat(
  { format }: ChatEndpoint,
  exchange: Exchange,
  dependencies: EndpointDependencies,
): Promise<void> {
  const { request, response, context } = exchange;
  dependencies.concurrency.checkDraining();
  const { call } = await callContext(exchange, dependencies, format.keyOf?.(context));
  const body = await dependencies.bodyReads.readJson(request, call.caller.scope, exchange.deployment);
  const ended = dependencies.concurrency.enter(response);
  try {
    const template =
      format.takesTemplates && asksForTemplate(body)
        ? await withTemplate(body, dependencies.promptTemplates)
        : undefined;
    const { parsed, reply } = format.parse(template?.body ?? body, context);
    // A body that does not say how long it is may be as long as any.
    const isLarge = !(Number(request.headers['content-length']) < LARGE);
    if (isLarge) await turnForLargeWork();
    const attribution = readAttribution(context.headers, body);
    const incoming: Incoming = { ...call, parsed, attribution, template: template?.used };
    const entered = parsed.replacesOlder ? await dependencies.newest.enter(incoming) : undefined;
    if (entered && isLarge) await turnForLargeWork();
    const answer = parsed.request.stream ? answerStream : answerWhole;
    const read: ReadRequest = { incoming: entered?.incoming ?? incoming, reply, format, exchange };
    const answered = answer(read, dependencies.chat());
    await (entered ? answered.finally(entered.left) : answered);
  } finally {
    ended();
  }
}

/** A request that has been read, and how its answer is written. */
interface ReadRequest {
  readonly incoming: Incoming;
  readonly reply: ParsedCall['reply'];
  readonly format: ApiFormat;
  readonly exchange: Exchange;
}

async function answerWhole(
  { incoming, reply, format, exchange: { response, id, head } }: ReadRequest,
  dependencies: ChatDependencies,
): Promise<void> {
  const answer = await chat(incoming, dependencies);
  if (response.destroyed) return;
  if (answer.kind !== 'whole') {
    addFacts(head, answer);
    if (answer.kind === 'failed')
      sendFailure(response, callerFailure(incoming, answer.failure), id, head, format);
    return;
  }
  // It may be as much work again as it was to read it.
  if (answer.answer.leastLength >= LARGE) await turnForLargeWork();
  const text = reply.whole(answer.answer, id);
  if (answer.cost !== null) head.push('x-cost-usd', dollarsText(answer.cost));
  if (format.headers) head.push(...format.headers(id, answer.rates));
  addFacts(head, answer);
  if (typeof text !== 'string' || text.length >= LARGE) await turnForLargeWork();
  if (!response.destroyed) await sendText(response, 200, text, head);
}

/** Until the first event is out a failure still has a status of its own; after it, it is an event in the stream. */
async function answerStream(
  { incoming, reply, format, exchange: { response, id, head } }: ReadRequest,
  dependencies: ChatDependencies,
): Promise<void> {
  const events = new EventStream(response, head, reply.events(id));
  let answer: ChatAnswer | undefined;
  try {
    answer = await chat(incoming, dependencies);
    if (!response.headersSent) {
      addFacts(head, answer);
      if (format.headers && answer.kind !== 'failed') head.push(...format.headers(id, answer.rates));
    }
    if (answer.kind === 'failed') throw answer.failure;
    if (answer.kind === 'stream') await events.write(answer.batches);
    if (incoming.signal.aborted) throw clientClosed();
    await events.done(answer.kind === 'stream' ? answer.batches.usage : undefined);
  } catch (error) {
    const failure = callerFailure(incoming, asFailure(error));
    if (response.headersSent) return events.fail(failure, id);
    events.abandon();
    // Not admitted: refused like a request that is not streamed.
    if (!answer) throw failure;
    if (answer.kind === 'stream') await answer.batches.cancel().catch(() => {});
    if (!response.destroyed) sendFailure(response, failure, id, head, format);
  }
}

function addFacts(head: HeaderList, answer: ChatAnswer): void {
  head.push('x-cache', answer.cache);
  if (answer.attempts) head.push('x-attempts', printable(answer.attempts));
  if (answer.kind !== 'failed') addGoodFacts(head, answer);
  if (answer.rates) addRates(head, answer.rates);
}

function addGoodFacts(head: HeaderList, answer: Exclude<ChatAnswer, { kind: 'failed' }>): void {
  head.push('x-model', printable(answer.model));
  if (answer.age !== undefined) head.push('age', `${Math.max(0, Math.floor(answer.age / 1000))}`);
  if (answer.similar) {
    head.push('x-cache-differences', printable(answer.similar.differences));
    if (answer.similar.request) head.push('x-cache-request', answer.similar.request);
  }
  if (answer.dropped.length > 0) head.push('x-dropped-params', namesText(answer.dropped));
}

/** Characters of a header: clients take some thousands of all together. */
const MAX_NAMES_TEXT = 2_000;

/** Some of the names may be the caller's own. */
function namesText(names: readonly string[]): string {
  let text = '';
  for (const name of names) {
    const next = `${text && ', '}${printable(name.slice(0, 100))}`;
    if (text.length + next.length > MAX_NAMES_TEXT) return `${text}, ...`;
    text += next;
  }
  return text;
}

/** The configuration may name a model in any script; a header holds less. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
