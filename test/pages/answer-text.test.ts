/** Answers are written by models, who may have been told by anybody what to write. */
import { describe, expect } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';
import { inBrowser, visit } from './browser.ts';

const HOSTILE = `# <img src=x onerror="window.hacked = 1">
<script>window.hacked = 2</script>
[a link](javascript:window.hacked=3), [another](https://example.com/page "title"), ![picture](http://tracker.test/pixel.png)

<a href="http://evil.test">click</a> <style>body { display: none }</style> &lt;b&gt; **bold \`code <i>\`**

| a | b |
|---|---|
| <svg onload="window.hacked = 4"> | 2 |

\`\`\`html
<script>window.hacked = 5</script>
\`\`\``;

describe('an answer', () => {
  inBrowser('is drawn as Markdown, and nothing in it becomes a part of the page', async () => {
    const { url, simulator } = await startGateway();
    simulator.answer('all', HOSTILE);
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill('what is it?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Complete', { exact: true }).waitFor();
    const answer = page.locator('.answer .markdown');
    await answer.getByRole('heading').getByText('<img src=x onerror="window.hacked = 1">').waitFor();
    await answer.getByText('<script>window.hacked = 2</script>').waitFor();
    expect(await answer.locator('script, img, svg, style, i').count()).toBe(0);
    expect(
      await answer.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual(['https://example.com/page']);
    expect(await answer.locator('strong code').textContent()).toBe('code <i>');
    expect(await answer.getByRole('cell').nth(1).textContent()).toBe('2');
    expect(await answer.locator('pre').textContent()).toContain('<script>window.hacked = 5</script>');
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });
});
