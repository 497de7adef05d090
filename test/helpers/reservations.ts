import type { ReservationRequest, Subject } from '../../src/accounts/limits/limits.ts';

/** One request that asks for this much money, no more and no less, and for no tokens. */
export function reservationOf(id: string, subject: Subject, hold: number): ReservationRequest {
  return {
    id,
    subjects: [subject],
    requests: 1,
    tokens: 0,
    minTokens: 0,
    hold,
    fairHold: hold,
    minHold: hold,
  };
}
