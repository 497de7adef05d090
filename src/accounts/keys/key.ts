/** Keys and projects as the gateway knows them; the key itself is shown once and never kept. */
import type { GuardrailRule } from '../../core/guardrail-rule.ts';
import type { Limits } from '../limits/limits.ts';

/** A key with the limits that hold for its calls. */
export interface Key {
  readonly id: string;
  readonly alias: string;
  /** The last four characters, for people to tell keys apart. */
  readonly lastFour: string;
  readonly project: Project | null;
  /** Whose key it is; requests without a user of their own count as this one's. */
  readonly user: string | null;
  /** Names of models and chains it may use; `null` allows all. */
  readonly models: readonly string[] | null;
  readonly guardrail: GuardrailRule;
  readonly limits: Limits;
  /** What each user within the key may use. */
  readonly userLimits: Limits;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
  readonly blockedAt: number | null;
  readonly revokedAt: number | null;
  readonly createdAt: number;
}

/** Keys that share limits and a budget. */
export interface Project {
  readonly id: string;
  readonly alias: string;
  readonly limits: Limits;
  readonly createdAt: number;
}

/** What people choose of a project or a key. */
export interface ProjectFields {
  readonly alias: string;
  readonly limits: Limits;
}

/** What people decide about a key; everything else about it follows from events (made, blocked, revoked). */
export interface KeyFields extends ProjectFields {
  readonly projectId: string | null;
  readonly user: string | null;
  readonly models: readonly string[] | null;
  readonly guardrail: GuardrailRule;
  readonly userLimits: Limits;
  readonly expiresAt: number | null;
}
