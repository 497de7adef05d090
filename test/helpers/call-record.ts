/** A request that is over, as subscribers to events get it. */
import type { CallRecord, Receipt } from '../../src/events/receipt.ts';
import { PLAIN_RECEIPT } from './plain-receipt.ts';

/** An answer of GPT-4 to the default chain, but for what the test says of it. */
export function callRecord(receipt: Partial<Receipt> = {}, record: Partial<CallRecord> = {}): CallRecord {
  return {
    id: 'call-1',
    promptHash: 'hash',
    at: Date.parse('2026-11-26T10:00:00Z'),
    cost: 3_600_000,
    excess: 0,
    hold: 0,
    saved: null,
    request: { messages: [{ role: 'user', content: 'hello' }], stream: receipt.stream ?? false },
    answer: undefined,
    fault: undefined,
    trace: undefined,
    receipt: {
      ...PLAIN_RECEIPT,
      id: 'req_1',
      created_at: '2026-11-26T10:00:00.000Z',
      usage: { input: 44, cached_input: 0, cache_write: 0, output: 61, reasoning: 0, estimated: false },
      prompt_cache: { read: 0, written: 0, fresh: 44, broke_at: null },
      cost_usd: 0.0036,
      hold_usd: 0,
      ttft_ms: 300,
      duration_ms: 1_200,
      ...receipt,
    },
    ...record,
  };
}
