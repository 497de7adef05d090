/** The index shared by several instances: one small JSON list a bucket. Trouble with it is a miss. */
import { type IndexEntry, MAX_BUCKET, withEntry } from './question-index.ts';

/** What is needed of Redis. Both may reject; the caller bounds their time. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>;
  /** @param ttl milliseconds */
  set(key: string, value: string, ttl: number): Promise<unknown>;
}

const PREFIX = 'cl:sem:';

/** The entries of a bucket. Never rejects. */
export async function readBucket(store: KeyValueStore, bucket: string): Promise<readonly IndexEntry[]> {
  try {
    return parseBucket(await store.get(PREFIX + bucket));
  } catch {
    return [];
  }
}

/** Two instances that write at once may lose one entry: it is a miss later, nothing worse. */
export async function addToBucket(
  store: KeyValueStore,
  bucket: string,
  entry: IndexEntry,
  ttl: number,
): Promise<void> {
  try {
    const entries = withEntry(await readBucket(store, bucket), entry);
    await store.set(PREFIX + bucket, JSON.stringify(entries), ttl);
  } catch {
    // The process keeps its own.
  }
}

function parseBucket(json: string | null): readonly IndexEntry[] {
  const value: unknown = json === null ? [] : JSON.parse(json);
  return Array.isArray(value) ? value.filter(isEntry).slice(0, MAX_BUCKET) : [];
}

function isEntry(value: unknown): value is IndexEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { prompt, exactKey, requestId } = value as Record<string, unknown>;
  return (
    typeof prompt === 'string' &&
    typeof exactKey === 'string' &&
    (requestId === undefined || typeof requestId === 'string')
  );
}
