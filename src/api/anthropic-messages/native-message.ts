import type { NativeEvent } from '../../core/native-event.ts';

/** The events of a provider that speaks this wire itself, as they came: their places among the blocks, and their end. */
export class NativeMessage {
  hasStarted = false;
  /** The turn has ended in the provider's own words. */
  hasEnd = false;
  /** The block that is open, by the provider's count. */
  #theirs: number | undefined;
  #deltas: NativeEvent[] = [];
  #stop: NativeEvent | undefined;

  /** @param index of the block, counted by us */
  write(event: NativeEvent, index: number): string {
    if (event.type === 'message_start') this.hasStarted = true;
    const isOfBlock = event.index !== undefined && event.index === this.#theirs;
    return eventText(event.type, isOfBlock ? placed(event, index) : event.data);
  }

  begin(event: NativeEvent, index: number): string {
    this.#theirs = event.index;
    return eventText(event.type, placed(event, index));
  }

  /** Whether an event belongs to the block that was begun last. */
  isOpen({ index }: NativeEvent, last: number): boolean {
    return last >= 0 && index === this.#theirs;
  }

  /** The last events wait until the call is settled: with them the caller has all of its answer. */
  keepEnd(event: NativeEvent): void {
    if (event.type === 'message_stop') {
      this.#stop = event;
      return;
    }
    this.hasEnd = true;
    this.#deltas.push(event);
  }

  /** @param usage told where the provider told none */
  end(usage: object): string {
    const deltas = this.#deltas.map(({ type, data, lacksUsage }) =>
      eventText(type, lacksUsage ? JSON.stringify({ ...JSON.parse(data), usage }) : data),
    );
    return deltas.join('') + eventText('message_stop', this.#stop?.data ?? '{"type":"message_stop"}');
  }
}

/** The event with its block's index by our count, where that is another. */
function placed({ data, index }: NativeEvent, ours: number): string {
  return index === ours ? data : JSON.stringify({ ...JSON.parse(data), index: ours });
}

function eventText(type: string, data: string): string {
  return `event: ${type}\ndata: ${data}\n\n`;
}
