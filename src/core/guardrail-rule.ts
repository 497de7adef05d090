/** What a chain or a key says of the guardrail prompt: as the doors have it, at every door, or at none. */
export const GUARDRAIL_RULES = ['default', 'always', 'off'] as const;

/** See {@link GUARDRAIL_RULES}. */
export type GuardrailRule = (typeof GUARDRAIL_RULES)[number];
