/** The HTML of a page: what it is called and which files it needs; its module draws all of it. */
import { menu, type Page } from './page-list.ts';

const MENU = JSON.stringify(menu).replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** @param modules addresses of the page's module and of what it imports, so that they are asked for all at once */
export function pageDocument({ title }: Page, modules: readonly string[]): string {
  const preloads = modules.map((address) => `<link rel="modulepreload" href="${address}">`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · CodeLlama Server</title>
<link rel="icon" href="/ui/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/ui/styles.css">
<script src="/ui/theme.js"></script>
${preloads}
<script type="module" src="${modules[0]}"></script>
</head>
<body>
<noscript>
<h1>CodeLlama Server</h1>
<p>One POST, an answer about code from whichever model can give it. These pages need JavaScript; the API does not:</p>
<pre>curl localhost:4000/chat/completions -H 'content-type: application/json' -d '{"prompt": "hello world in Go"}'</pre>
</noscript>
<div id="page" data-menu="${MENU}"></div>
</body>
</html>
`;
}
