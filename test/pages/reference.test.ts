/** The API reference, drawn from what the server says of itself. */
import { describe, expect } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';
import { inBrowser, visit } from './browser.ts';

describe('the API reference', () => {
  inBrowser('has every route that the server describes, and finds one', async () => {
    const { url } = await startBareGateway();
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    const routes = Object.values(paths).flatMap((item) =>
      Object.keys(item).filter((name) => /^(?:get|post|put|patch|delete)$/.test(name)),
    );
    const { page } = await visit(url);
    await page.goto('/docs');
    await page.getByRole('heading', { name: 'POST /chat/completions' }).waitFor();
    expect(await page.getByRole('article').count()).toBe(routes.length);
    await page.getByLabel('Search routes').fill('post /keys');
    await expect.poll(() => page.getByRole('article').count()).toBeLessThan(routes.length);
    const keys = page.getByRole('article', { name: 'POST /keys', exact: true });
    await keys.getByText('budget_usd', { exact: true }).first().waitFor();
    expect(await keys.locator('pre').textContent()).toContain(`curl -X POST ${url}/keys`);
  });

  inBrowser('is opened at a route by its address', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/docs#get-usage');
    const usage = page.getByRole('heading', { name: 'GET /usage' });
    await usage.waitFor();
    await expect.poll(async () => (await usage.boundingBox())?.y ?? 9_999).toBeLessThan(400);
  });
});
