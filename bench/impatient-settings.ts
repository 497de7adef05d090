/** Settings of a server whose upstream misbehaves on purpose: it gives up soon, and asks again each time as if nothing had been. */
export const IMPATIENT = {
  COOLDOWN: '0s',
  LONG_COOLDOWN: '0s',
  RETRIES: '0',
  FIRST_TOKEN_TIMEOUT: '2s',
  IDLE_TIMEOUT: '2s',
  ATTEMPT_TIMEOUT: '3s',
} as const;
