/**
 * Text in one piece. What `+`, templates and `slice` make are ropes and windows to V8, and what is a key of a map may be
 * a link to its twin; a single one of them makes `JSON.stringify` leave its fast path for everything around it: 1.4 to
 * 3.4 µs for a receipt instead of 0.6 (Node 26).
 */
export function flatText(...parts: readonly (string | number)[]): string {
  // A single part would be given back as it is.
  return parts.length === 1 ? halves(String(parts[0])) : parts.join('');
}

function halves(text: string): string {
  return [text.slice(0, 1), text.slice(1)].join('');
}
