/** Ids that grow with time, so that a database appends them to its indexes instead of scattering them: half the cost of a row. */
import crypto from 'node:crypto';

/** A UUID of version 7 (RFC 9562); of version 4 where this Node cannot make one. */
export const orderedId: () => string =
  'randomUUIDv7' in crypto ? (crypto.randomUUIDv7 as () => string) : () => crypto.randomUUID();
