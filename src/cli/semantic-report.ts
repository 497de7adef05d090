/** `npm run semantic:report -- [URL]`: what the semantic cache of a running server does, in a table. */
import type { SemanticReport } from '../cache/semantic/counters.ts';
import { formatReport } from '../cache/semantic/format-report.ts';

const url = process.argv[2] ?? `http://127.0.0.1:${process.env.PORT ?? 4000}`;
const key = process.env.CODELLAMA_KEY;
try {
  const response = await fetch(new URL('/cache/semantic', url), {
    headers: key ? { authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  console.log(formatReport((await response.json()) as SemanticReport));
} catch (error) {
  console.error(`No report: ${(error as Error).message}`);
  process.exitCode = 1;
}
