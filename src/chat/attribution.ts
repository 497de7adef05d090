/** Which program asks, and in which of its sessions: as it says itself. For reports and limits within a key, never proof. */
export interface Attribution {
  /** A name without version, such as `claude-code`; at most 64 characters of `a-z 0-9 . _ -`. */
  readonly agent: string | null;
  /** At most 128 printable ASCII characters. */
  readonly session: string | null;
}

/** Of a program that says nothing of itself. */
export const NO_ATTRIBUTION: Attribution = { agent: null, session: null };
