/** The page at `/`: what this is, how to ask it something, and where to look next. */
import type { Chain } from '../chat/chains.ts';

export interface HomeFacts {
  readonly isDemo: boolean;
  readonly chains: readonly Chain[];
}

export function homePage({ isDemo, chains }: HomeFacts): string {
  const rows = chains
    .filter(({ targets }) => targets.length > 0)
    .map(({ name, targets }) => {
      const steps = targets.map(({ id }) => `<code>${escapeHtml(id)}</code>`).join(' → ');
      return `<tr><td><code>${escapeHtml(name)}</code></td><td>${steps}</td></tr>`;
    });
  const demo = isDemo
    ? '<p class="demo"><b>Demo mode.</b> Answers are simulated. Set a provider key (TOGETHER_API_KEY, OPENAI_API_KEY or ANTHROPIC_API_KEY) to go live.</p>'
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CodeLlama Server</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1d2430; background: #fcfcfd; }
  pre { background: #10151f; color: #e6edf3; padding: 1rem; overflow-x: auto; border-radius: 6px; }
  table { border-collapse: collapse; } td, th { padding: .25rem 1rem .25rem 0; text-align: left; vertical-align: top; }
  .demo { background: #fff4d6; border-left: 4px solid #d9a200; padding: .5rem 1rem; }
</style>
</head>
<body>
<h1>CodeLlama Server</h1>
<p>One POST, an answer about code from whichever model can give it, in the OpenAI shape.</p>
${demo}
<pre>curl localhost:4000/chat/completions \\
  -H 'content-type: application/json' \\
  -d '{"prompt": "write me a function to print hello world"}'</pre>
<h2>Models and chains</h2>
<table><tr><th>model</th><th>answered by</th></tr>${rows.join('')}</table>
<p><a href="/v1/models">Models as JSON</a> · <a href="/health/ready">Readiness</a></p>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
