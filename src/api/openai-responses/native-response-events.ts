import { callText } from '../../core/call-text.ts';
import type { Fields } from '../../core/json-object.ts';
import { isDelta, type NativeEvent } from '../../core/native-event.ts';
import type { ChatCompletionChunk, Delta } from '../../core/openai-types.ts';
import type { OpenItem } from './open-item.ts';
import type { ResponseItems } from './response-items.ts';

const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete']);

/**
 * The events of a provider that speaks this wire itself. They go on as they came, to the letter, until something that was
 * not the provider's is told between them (a call that was repaired, the rest of an answer that was cut): then they are
 * numbered anew, and say what was told.
 */
export class NativeResponse {
  /** The response began in the provider's own words. */
  hasStarted = false;
  readonly #items: ResponseItems;
  /** By their places in the provider's output. */
  readonly #places = new Map<number, OpenItem>();
  #end: NativeEvent | undefined;

  constructor(items: ResponseItems) {
    this.#items = items;
  }

  /** Tells the event. @returns false for one that has to be told in words of ours */
  write(native: NativeEvent, chunk: ChatCompletionChunk): boolean {
    const { type, index } = native;
    const open = index === undefined ? undefined : this.#places.get(index);
    // The end waits until the call is settled: with it the caller has all of its answer.
    if (ENDS.has(type)) this.#end = native;
    else if (type === 'response.output_item.added') this.#tell(native, this.#begin(native, chunk));
    else if (type === 'response.output_item.done') this.#endItem(native, open, chunk);
    else if (index === undefined) this.#tell(native);
    else if (open) this.#tell(native, open, this.#changesOf(native, open, chunk));
    // Of an item that is not told its events are not, either; what its provider never began is told in words of ours.
    else return saidIn(chunk) === undefined;
    return true;
  }

  /** Tells the provider's own end. @returns false where it has not come */
  end(output: readonly object[], usage: object | null): boolean {
    const native = this.#end;
    if (!native) return false;
    const isSame = !this.#items.isInterrupted && native.blocks === output.length;
    if (isSame && !native.lacksUsage) this.#tell(native);
    else {
      const { response } = JSON.parse(native.data) as { response: Fields };
      const told = { ...response, ...(!isSame && { output }), ...(native.lacksUsage && { usage }) };
      this.#tell(native, undefined, { response: told });
    }
    return true;
  }

  #begin(native: NativeEvent, chunk: ChatCompletionChunk): OpenItem {
    const open = this.#items.begin(itemIn(native), chunk);
    if (native.index !== undefined) this.#places.set(native.index, open);
    return open;
  }

  #endItem(native: NativeEvent, known: OpenItem | undefined, chunk: ChatCompletionChunk): void {
    const open = known ?? this.#begin(native, chunk);
    // Clients run a call when it ends, and would run it twice.
    if (this.#items.hasEnded(open)) return this.#leftOut();
    const item = itemIn(native);
    const told = isToldOtherwise(open, native.said) ? { ...item, ...textField(item, open) } : item;
    this.#items.end(open, told, native.data.length);
    this.#tell(native, open, told === item ? undefined : { item: told });
  }

  /** Keeps what is told of the item. @returns fields that the event has otherwise */
  #changesOf(native: NativeEvent, open: OpenItem, chunk: ChatCompletionChunk): Fields | undefined {
    const { type, said } = native;
    if (/part\.added$/.test(type)) open.hasPart = true;
    const told = saidIn(chunk);
    if (told !== undefined) open.texts.push(told);
    if (isDelta(native)) {
      if (told === undefined || told === (said ?? '')) return undefined;
      open.hasOwnWords = true;
      return { delta: told };
    }
    const isCallsEnd = open.kind === 'call' && type.endsWith('.done');
    return isCallsEnd && isToldOtherwise(open, said)
      ? textField(JSON.parse(native.data) as Fields, open)
      : undefined;
  }

  /** What comes after an event that is not told is numbered anew. */
  #leftOut(): void {
    this.#items.isInterrupted = true;
  }

  #tell({ type, data, index }: NativeEvent, open?: OpenItem, changes?: Fields): void {
    const number = this.#items.nextSequence();
    const isMoved = open !== undefined && index !== open.index;
    if (!this.#items.isInterrupted && !changes && !isMoved) return this.#items.told.addJson(type, data);
    this.#items.isInterrupted = true;
    const place = open && { output_index: open.index };
    const event = { ...(JSON.parse(data) as Fields), ...changes, ...place, sequence_number: number };
    this.#items.told.add(type, event, data.length + this.#items.characters);
  }
}

function itemIn({ data }: NativeEvent): Fields {
  return (JSON.parse(data) as { item: Fields }).item;
}

/** A call was told with other arguments than its provider's. */
function isToldOtherwise({ kind, hasOwnWords, texts }: OpenItem, said: string | undefined): boolean {
  return kind === 'call' && hasOwnWords && texts.join('') !== (said ?? '');
}

function textField(fields: Fields, { texts }: OpenItem): Fields {
  return { [fields.arguments === undefined ? 'input' : 'arguments']: texts.join('') };
}

/** What a chunk says, to be compared with what its event said. */
function saidIn({ choices }: ChatCompletionChunk): string | undefined {
  const delta = choices[0]?.delta as Delta | undefined;
  const [call] = delta?.tool_calls ?? [];
  return call ? callText(call) : (delta?.content ?? delta?.refusal ?? delta?.reasoning_content ?? undefined);
}
