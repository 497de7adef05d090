/**
 * Which program asks, and in which session: read from what agents send by themselves, so that nobody has to tag anything.
 * Recorded from Claude Code 2.1, Codex 0.169, opencode 1.18, Qwen Code 0.24, Kilo 7.7, Gemini CLI 0.61 and Copilot CLI 1.0.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Attribution } from '../chat/attribution.ts';
import { isJsonObject } from '../core/json-object.ts';

const MAX_AGENT_LENGTH = 64;
const MAX_SESSION_LENGTH = 128;
/** A user agent is looked at so far. */
const MAX_READ = 256;

/** Agents whose user agent begins otherwise than their name. */
const AGENTS: readonly (readonly [RegExp, string])[] = [
  [/^claude-(?:cli|code)\b/i, 'claude-code'],
  [/^codex\b|^codex_/i, 'codex'],
  [/^opencode\b/i, 'opencode'],
  [/^qwencode\b/i, 'qwen-code'],
  [/^kilo-code\b/i, 'kilo-code'],
  [/^geminicli\b/i, 'gemini-cli'],
  [/^mozilla\b/i, 'browser'],
];
/** Libraries that agents are built on: a program that names itself in another header is meant. */
const LIBRARY = /^(?:ai-sdk|openai|anthropic|asyncopenai|asyncanthropic|node|bun|undici|axios)\b/i;

/** Sessions in headers, the one that is most surely a session first. */
const SESSION_HEADERS = [
  'x-claude-code-session-id',
  'x-session-id',
  'session-id',
  'session_id',
  'x-session-affinity',
];

/** @param body of any door; only looked at, never checked */
export function readAttribution(headers: IncomingHttpHeaders, body: unknown): Attribution {
  return { agent: agentOf(headers), session: sessionInHeaders(headers) ?? sessionInBody(body) };
}

function agentOf(headers: IncomingHttpHeaders): string | null {
  const userAgent = headers['user-agent']?.slice(0, MAX_READ) ?? '';
  for (const [pattern, name] of AGENTS) if (pattern.test(userAgent)) return name;
  // `OpenAI/JS 7.57.0`: what follows the slash is a version only where it begins with a digit.
  const product = /^[^\s/]+(?:\/[^\s/\d][^\s/]*)?/.exec(userAgent)?.[0];
  if (product && !LIBRARY.test(product)) return agentName(product);
  const title = textOf(headers['x-title']) ?? textOf(headers.originator);
  return agentName(title ?? product);
}

function agentName(text: string | undefined): string | null {
  const name = (text ?? '')
    .slice(0, MAX_AGENT_LENGTH)
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? null : name;
}

function sessionInHeaders(headers: IncomingHttpHeaders): string | null {
  for (const name of SESSION_HEADERS) {
    const session = sessionName(headers[name]);
    if (session) return session;
  }
  return null;
}

function sessionInBody(body: unknown): string | null {
  const { metadata, client_metadata: ofClient, prompt_cache_key: cacheKey } = fieldsOf(body);
  const { user_id: user, session_id: session } = fieldsOf(metadata);
  return (
    sessionName(sessionInUserId(user)) ??
    sessionName(session) ??
    sessionName(fieldsOf(ofClient).session_id) ??
    sessionName(cacheKey)
  );
}

/** Claude Code writes JSON there, `{"device_id":…,"account_uuid":…,"session_id":…}`; earlier ones `user_…_session_<id>`. */
function sessionInUserId(user: unknown): unknown {
  if (typeof user !== 'string' || user.length > 2_000) return undefined;
  if (!user.startsWith('{')) return /_session_([\w-]+)$/.exec(user)?.[1];
  try {
    return fieldsOf(JSON.parse(user)).session_id;
  } catch {
    return undefined;
  }
}

function sessionName(value: unknown): string | null {
  const text = textOf(value)
    ?.slice(0, MAX_SESSION_LENGTH)
    .replace(/[^\x21-\x7e]/g, '_');
  return text ? text : null;
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}
