/** Every page, with something on it: for screen readers, for narrow screens, light and dark. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { pages } from '../../src/pages/page-list.ts';
import { startBareGateway } from '../helpers/gateway.ts';
import { inBrowser, startWithKeys, visit } from './browser.ts';

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** With its data. */
async function drawn(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('.placeholder').count()).toBe(0);
}

/** Axe's rules of colour, but for those it has switched off. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Of what is drawn now: all rules in light, and in dark those of colour, which is all that a theme changes. */
async function violationsOf(page: Page): Promise<readonly Finding[]> {
  await page.evaluate(axe.source);
  const inLight = await run(page, 'light', {});
  const inDark = await run(page, 'dark', { runOnly: COLOUR_RULES });
  await page.emulateMedia({ colorScheme: 'light' });
  return [...inLight, ...inDark];
}

async function run(page: Page, colorScheme: 'light' | 'dark', options: object): Promise<Finding[]> {
  await page.emulateMedia({ colorScheme });
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
    violations: Finding[];
  };
  return violations.map((finding) => ({ ...finding, id: `${finding.id} in ${colorScheme}` }));
}

describe('every page', () => {
  inBrowser('has nothing that axe finds fault with, in light and dark', async () => {
    const { url, ask } = await startBareGateway();
    await ask({ prompt: 'hello', user: 'ann' }, { 'x-simulate': 'together=429' });
    await ask({ prompt: 1 });
    const { page } = await visit(url);
    const findings: Record<string, unknown> = {};
    for (const { path, isPublic } of pages) {
      // In open mode nobody signs in.
      if (isPublic) continue;
      await page.goto(path);
      await drawn(page);
      const violations = await violationsOf(page);
      if (violations.length > 0)
        findings[path] = violations.map(({ id, nodes }) => [
          id,
          nodes.slice(0, 3).map(({ html, failureSummary }) => [html.slice(0, 200), failureSummary]),
        ]);
    }
    expect(findings).toEqual({});
  });

  inBrowser('nor is there in what opens on them', async () => {
    const { url } = await startBareGateway({ OPEN_ADMIN: 'true' });
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill('How do I reverse a linked list in Python?');
    await page.getByText('Rescue: breaks mid-answer').click();
    await page.getByText('Format and parameters').click();
    await page.getByRole('button', { name: 'Explain first' }).click();
    await page.getByRole('region', { name: 'What would happen' }).getByRole('table').waitFor();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/went on from there/).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto('/ui/requests');
    await page.locator('.requests tbody tr').first().click();
    await page.getByRole('dialog').getByText('As JSON').click();
    expect(await violationsOf(page)).toEqual([]);
    await page.goto('/ui/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('dialog').getByLabel('Name').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByLabel('Name').fill('web');
    await page.getByLabel('Budget in $').fill('1');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByText('Copy it now.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.locator('[data-key="web"]').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  inBrowser.for([390, 1280])(
    'fits a screen of %i pixels, and moves nothing about while it loads',
    async (width) => {
      const { url, ask } = await startBareGateway();
      await ask({ prompt: 'hello', user: 'ann' }, { 'x-simulate': 'together=429' });
      const { page } = await visit(url, { width });
      await page.addInitScript(`
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries())
          window.shifts.push([value, sources.map(({ node }) => node?.className ?? '')]);
      }).observe({ type: 'layout-shift', buffered: true });`);
      for (const { path, isPublic } of pages) {
        if (isPublic) continue;
        await page.goto(path);
        await drawn(page);
        const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(tooWide, path).toBeLessThanOrEqual(0);
        const shifts = (await page.evaluate('window.shifts')) as [number, string[]][];
        const sum = shifts.reduce((total, [value]) => total + value, 0);
        // What https://web.dev/articles/cls calls good is 0.1.
        expect(sum, `${path}: ${JSON.stringify(shifts)}`).toBeLessThan(0.05);
      }
    },
  );

  inBrowser('the sign-in page among them', async () => {
    const { url } = await startWithKeys();
    const { page } = await visit(url, { width: 390 });
    await page.goto('/');
    await page.getByLabel('Your key').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });
});
