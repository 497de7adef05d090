/** Cooldowns that all instances share. What is missed while Redis is unavailable is found out again by failing. */
import type { SharedCooldown } from '../routing/cooldown.ts';
import type { Cooldowns } from '../routing/cooldowns.ts';
import type { Redis } from './connection.ts';
import { withTimeout } from './with-timeout.ts';

const CHANNEL = 'cl:cooldowns';

/** Tells the other instances of every cooldown, and applies theirs. @returns ends that */
export async function shareCooldowns(cooldowns: Cooldowns, redis: Redis): Promise<() => Promise<void>> {
  const { onCooldown } = cooldowns;
  cooldowns.onCooldown = (cooldown) => {
    onCooldown(cooldown);
    publish(redis, cooldown);
  };
  const listener = redis.duplicate();
  listener.on('error', () => {});
  const listening = listener
    .connect()
    .then(() => listener.subscribe(CHANNEL, (message) => apply(cooldowns, message)));
  listening.catch(() => {});
  try {
    await applyStored(cooldowns, redis);
  } catch {
    // Redis is unavailable; the cooldowns are found out again.
  }
  return async () => listener.destroy();
}

function publish(redis: Redis, cooldown: SharedCooldown): void {
  const json = JSON.stringify(cooldown);
  void redis.publish(CHANNEL, json).catch(() => {});
  const left = cooldown.until - Date.now();
  // An administrator lifted it.
  if (cooldown.until === 0) void redis.del(`${CHANNEL}:${cooldown.place}`).catch(() => {});
  if (left <= 0) return;
  const expiration = { type: 'PX', value: left } as const;
  void redis.set(`${CHANNEL}:${cooldown.place}`, json, { expiration }).catch(() => {});
}

async function applyStored(cooldowns: Cooldowns, redis: Redis): Promise<void> {
  let cursor = '0';
  do {
    const page = await withTimeout(redis, redis.scan(cursor, { MATCH: `${CHANNEL}:*`, COUNT: 100 }));
    const stored = page.keys.length > 0 ? await withTimeout(redis, redis.mGet(page.keys)) : [];
    for (const json of stored) if (json) apply(cooldowns, json);
    cursor = page.cursor;
  } while (cursor !== '0');
}

/** Anybody may write to a shared Redis: what is not a cooldown is ignored. */
function apply(cooldowns: Cooldowns, json: string): void {
  cooldowns.applyRemote(parseObject(json));
}

function parseObject(json: string): Readonly<Record<keyof SharedCooldown, unknown>> {
  const nothing = { place: undefined, until: undefined, because: undefined };
  try {
    return { ...nothing, ...JSON.parse(json) };
  } catch {
    return nothing;
  }
}
