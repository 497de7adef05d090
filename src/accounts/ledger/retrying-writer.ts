import type { Recorder } from '../../chat/incoming.ts';
import type { Tell } from '../../events/event.ts';
import type { CallRecord } from '../../events/receipt.ts';
import type { Backlog, Entry, Ledger } from './ledger.ts';

/** Milliseconds between tries. */
const RETRY_PAUSE = 500;
/** Bytes of rows that may wait, roughly. */
const MAX_WAITING = 32 * 1024 * 1024;
/** Of a row without its text. */
const ROW_SIZE = 1_024;

/** What the rows may hold, and who is told of trouble. */
export interface WriterOptions {
  /** Whether the ledger keeps the text of prompts. */
  readonly logPrompts: boolean;
  readonly warn: (message: string) => void;
  readonly tell: Tell;
}

/**
 * Writes ledger rows, again and again where the disk takes none now: a full disk loses nothing as long as the process lives
 * and the rows fit into a bounded part of its memory.
 */
export class RetryingWriter implements Recorder {
  readonly #ledger: Pick<Ledger, 'write'>;
  readonly #warn: (message: string) => void;
  readonly #tell: Tell;
  readonly #logPrompts: boolean;
  #waiting: Entry[] = [];
  #bytes = 0;
  #dropped = 0;
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;

  constructor(ledger: Pick<Ledger, 'write'>, { logPrompts, warn, tell }: WriterOptions) {
    this.#ledger = ledger;
    this.#logPrompts = logPrompts;
    this.#warn = warn;
    this.#tell = tell;
  }

  /** Why rows are not safe at the moment; nothing when all are. */
  get problem(): string | undefined {
    return this.#reason && `ledger rows cannot be written: ${this.#reason}`;
  }

  /**
   * What has been spent waits in memory, where the disk has space that was kept for it as long as that lasts: no more is to be
   * spent of a budget.
   */
  get isUnsafe(): boolean {
    return this.#waiting.length > 0;
  }

  /** Rows that wait in memory, and when the oldest of their requests arrived. */
  get backlog(): Backlog {
    return { rows: this.#waiting.length, oldestAt: this.#waiting[0]?.at };
  }

  /** Resolves when the row is safe, or waits in memory. Never rejects. */
  async record(record: CallRecord): Promise<void> {
    const entry = entryOf(record, this.#logPrompts);
    try {
      // Also while others wait: what the ledger does not take now it keeps as safe as it can.
      await this.#ledger.write(entry);
    } catch (error) {
      const reason = (error as Error).message;
      if (!this.#reason) {
        this.#warn(`Ledger rows wait in memory: ${reason}`);
        this.#tell({ type: 'ledger_failing', reason });
      }
      this.#reason = reason;
      this.#keep(entry);
    }
  }

  /** Tries once more. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writeWaiting();
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0)
      this.#warn(`${this.#waiting.length} ledger rows could not be written and are lost.`);
  }

  /** Its text is given up before the row is. */
  #keep(entry: Entry): void {
    const isFull = this.#bytes + sizeOf(entry) > MAX_WAITING;
    const kept = isFull ? { ...entry, prompt: null } : entry;
    const size = sizeOf(kept);
    if (this.#bytes + size > MAX_WAITING) {
      this.#dropped += 1;
      this.#warn(
        `The ledger lost a row (${entry.receipt.id}): too many wait in memory, ${this.#dropped} are lost.`,
      );
      this.#tell({ type: 'ledger_row_lost', requestId: entry.receipt.id });
      return;
    }
    this.#waiting.push(kept);
    this.#bytes += size;
    this.#tryLater();
  }

  #tryLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#writeWaiting();
    }, RETRY_PAUSE).unref();
  }

  async #writeWaiting(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      for (let entry = this.#waiting[0]; entry; entry = this.#waiting[0]) {
        await this.#ledger.write(entry);
        this.#waiting.shift();
        this.#bytes -= sizeOf(entry);
      }
      if (this.#reason) {
        this.#warn('Ledger rows that waited in memory are written.');
        this.#tell({ type: 'ledger_recovered' });
      }
      this.#reason = undefined;
    } catch (error) {
      this.#reason = (error as Error).message;
      this.#tryLater();
    } finally {
      this.#isWriting = false;
    }
  }
}

function sizeOf({ prompt, receipt }: Entry): number {
  return ROW_SIZE + 2 * (prompt?.length ?? 0) + 256 * receipt.attempts.length;
}

function entryOf(record: CallRecord, logPrompts: boolean): Entry {
  const { id, receipt, request, promptHash, at, cost, hold, saved } = record;
  return {
    id,
    receipt,
    at,
    cost,
    hold,
    saved,
    keyId: receipt.key_id,
    projectId: receipt.project,
    promptHash,
    prompt: logPrompts ? JSON.stringify(request.messages) : null,
  };
}
