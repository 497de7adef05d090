/** What an agent reads of an answer at each door: its text, and the call it is to carry out in the agent's own terms. */
import { createParser } from 'eventsource-parser';
import { isObject, type Json, listOf } from './strict/rules.ts';

export interface AgentAnswer {
  readonly text: string;
  readonly call: AgentCall | undefined;
}

export interface AgentCall {
  readonly kind: string;
  readonly name: unknown;
  readonly namespace?: unknown;
}

/** @returns the data of each event, `[DONE]` left out */
export function eventsOf(stream: string): Json[] {
  const events: Json[] = [];
  const parser = createParser({
    onEvent: ({ data }) => void (data !== '[DONE]' && events.push(JSON.parse(data) as Json)),
  });
  parser.feed(stream);
  return events;
}

/** @param path of the door */
export function wholeAnswer(path: string, body: Json): AgentAnswer {
  if (path.includes('/messages')) return fromBlocks(listOf(body.content));
  if (path.includes('/responses')) return fromItems(listOf(body.output));
  const [choice] = listOf(body.choices);
  const message = choice?.message as Json;
  const [call] = listOf(message.tool_calls);
  return { text: String(message.content ?? ''), call: call && chatCall(call) };
}

/** @param path of the door */
export function streamedAnswer(path: string, events: readonly Json[]): AgentAnswer {
  if (path.includes('/messages')) {
    if (events.at(-1)?.type !== 'message_stop')
      throw new Error(`the stream ends with ${events.at(-1)?.type}`);
    const starts = events.filter(({ type }) => type === 'content_block_start');
    const texts = events.map(({ delta }) => (isObject(delta) ? (delta.text ?? '') : ''));
    return { ...fromBlocks(starts.map(({ content_block: block }) => block as Json)), text: texts.join('') };
  }
  if (path.includes('/responses')) {
    const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
    const { type, response } = events.at(-1)!;
    if (type !== 'response.completed') throw new Error(`the stream ends with ${type}`);
    // Codex reads the items, other clients the response.
    const { output } = response as Json;
    if (JSON.stringify(output) !== JSON.stringify(done)) throw new Error('the response has other items');
    return fromItems(listOf(output));
  }
  const deltas = events.flatMap(({ choices }) => listOf(choices).map(({ delta }) => delta as Json));
  const [call] = deltas.flatMap(({ tool_calls: calls }) => listOf(calls));
  return { text: deltas.map(({ content }) => content ?? '').join(''), call: call && chatCall(call) };
}

/** The first tool the agent offers that it runs itself. */
export function firstTool(path: string, body: Json): AgentCall | undefined {
  if (path.includes('/messages')) {
    const tool = listOf(body.tools).find(
      ({ input_schema: schema, defer_loading: later }) => schema && !later,
    );
    return tool && { kind: 'tool_use', name: tool.name };
  }
  if (!path.includes('/responses')) {
    const [tool] = listOf(body.tools);
    return tool && { kind: 'function', name: (tool.function as Json).name };
  }
  const items = listOf(body.input).filter(({ type }) => type === 'additional_tools');
  return callOf([...listOf(body.tools), ...items.flatMap(({ tools }) => listOf(tools))]);
}

function callOf(tools: readonly Json[], namespace?: unknown): AgentCall | undefined {
  for (const { type, name, tools: inner } of tools) {
    const within = type === 'namespace' ? callOf(listOf(inner), name) : undefined;
    if (within) return within;
    const kind = { function: 'function_call', custom: 'custom_tool_call' }[String(type)];
    if (kind) return { kind, name, ...(namespace !== undefined && { namespace }) };
  }
  return undefined;
}

function chatCall({ type, function: called }: Json): AgentCall {
  return { kind: String(type), name: (called as Json).name };
}

function fromBlocks(blocks: readonly Json[]): AgentAnswer {
  const call = blocks.find(({ type }) => type === 'tool_use');
  const text = blocks.map((block) => block.text ?? '').join('');
  return { text, call: call && { kind: 'tool_use', name: call.name } };
}

function fromItems(items: readonly Json[]): AgentAnswer {
  const call = items.find(({ type }) => String(type).endsWith('_call'));
  const content = items.flatMap((item) => listOf(item.content));
  const { type, name, namespace } = call ?? {};
  return {
    text: content.map(({ text }) => text ?? '').join(''),
    call: call && { kind: String(type), name, ...(namespace !== undefined && { namespace }) },
  };
}
