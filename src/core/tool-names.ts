/**
 * Names of tools as OpenAI's functions may have them: Anthropic takes twice the length, Gemini dots and colons, and tools of MCP
 * servers have such names.
 */
import { hash } from 'node:crypto';

/** "string too long. Expected a string with maximum length 64" (OpenAI). */
const MAX_LENGTH = 64;
const HASH_LENGTH = 8;
/** "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'" (OpenAI; Anthropic and Mistral have the same). */
const OTHER_CHARACTERS = /[^\w-]/g;

/** The same name, or one of fewer and plainer characters that is always the same for it. */
export function shortToolName(name: string): string {
  const plain = name.replace(OTHER_CHARACTERS, '_');
  if (name.length <= MAX_LENGTH && plain === name) return name;
  return `${plain.slice(0, MAX_LENGTH - HASH_LENGTH - 1)}_${hash('sha256', name).slice(0, HASH_LENGTH)}`;
}

/** Codex calls the tools of this namespace without it, too. */
const PLAIN_NAMESPACE = 'functions';

/** A tool in a namespace, which only the Responses API knows, as a function: `namespace__name`. */
export function toChatName(name: string, namespace: unknown): string {
  const isPlain = typeof namespace !== 'string' || namespace === PLAIN_NAMESPACE;
  return shortToolName(isPlain ? name : `${namespace}__${name}`);
}
