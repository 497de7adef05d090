/** A manager's questions about money. */
import { text } from 'node:stream/consumers';
import { describe, expect } from 'vitest';
import { startBareGateway, startGateway } from '../helpers/gateway.ts';
import { inBrowser, signIn, startWithKeys, visit } from './browser.ts';
import { databaseWith, newUrl } from './past-requests.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('a manager', () => {
  inBrowser(
    'sees the spend of a month by project, beside the month before, and has the same as CSV',
    async () => {
      const url = newUrl();
      const now = Date.now();
      // The first start makes the tables, and the projects by their names.
      const first = await startGateway({ DATABASE_URL: url, OPEN_ADMIN: 'true' });
      const make = async (alias: string) => {
        const body = JSON.stringify({ alias });
        const headers = { 'content-type': 'application/json' };
        return (
          (await (await fetch(`${first.url}/projects`, { method: 'POST', body, headers })).json()) as {
            id: string;
          }
        ).id;
      };
      const [web, lab] = [await make('web shop'), await make('laboratory')];
      await databaseWith(
        [
          ...[2, 3, 4].map((days) => ({ at: now - days * DAY, dollars: 10, projectId: web })),
          { at: now - 5 * DAY, dollars: 12.5, projectId: lab },
          { at: now - 45 * DAY, dollars: 85, projectId: web },
        ],
        url,
      );
      const gateway = await startGateway({ DATABASE_URL: url });
      const { page } = await visit(gateway.url);
      await page.goto('/ui/overview?range=30d&by=project');
      const spend = page.getByRole('region', { name: 'Spend over time' });
      await spend.getByRole('row', { name: /web shop 3 .*\$30\.00/ }).waitFor();
      await spend.getByRole('row', { name: /laboratory 1 .*\$12\.50/ }).waitFor();
      const tile = page.locator('.tile', { hasText: 'Spend' }).first();
      await expect.poll(() => tile.textContent()).toMatch(/\$42\.50.*down by.*50 %/s);

      const [download] = await Promise.all([
        page.waitForEvent('download'),
        spend.getByRole('link', { name: 'CSV' }).click(),
      ]);
      const csv = await text(await download.createReadStream());
      expect(csv).toContain('laboratory');
      expect(csv).toBe(await (await fetch(download.url())).text());

      await spend.getByRole('button', { name: 'laboratory' }).click();
      await expect.poll(() => tile.textContent()).toMatch(/\$12\.50/);
      await page.getByRole('button', { name: /Remove the filter project/ }).click();
      await expect.poll(() => tile.textContent()).toMatch(/\$42\.50/);
    },
  );

  inBrowser('chooses any days, and the address keeps them', async () => {
    const day = (ago: number) => new Date(Date.now() - ago * DAY).toISOString().slice(0, 10);
    const noon = (ago: number) => Date.parse(`${day(ago)}T12:00:00Z`);
    const url = await databaseWith([
      { at: noon(10), dollars: 1 },
      { at: noon(12), dollars: 2 },
      { at: noon(20), dollars: 4 },
    ]);
    const gateway = await startGateway({ DATABASE_URL: url });
    const { page } = await visit(gateway.url);
    await page.goto('/ui/overview');
    await page.getByText('No requests in this time').waitFor();
    await page.getByText('Free', { exact: true }).click();
    await page.getByLabel('From').fill(day(12));
    await page.getByLabel('To', { exact: true }).fill(day(10));
    const tile = page.locator('.tile', { hasText: 'Spend' }).first();
    await expect.poll(() => tile.textContent()).toMatch(/\$3\.00/);
    await page.reload();
    await expect.poll(() => tile.textContent()).toMatch(/\$3\.00/);
  });

  inBrowser('watches requests as they end', async () => {
    const { url, ask } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/ui/overview');
    await page.getByText('Requests appear here as they end').waitFor();
    await ask({ prompt: 'hello', user: 'carol' });
    await page.getByRole('region', { name: 'Live requests' }).getByText('carol').waitFor();
  });
});

describe('a caller', () => {
  inBrowser('sees its own spend and nobody else’s', async () => {
    const { url, ask, manage } = await startWithKeys();
    const mine = await manage('POST', '/keys', { alias: 'mine' });
    const other = await manage('POST', '/keys', { alias: 'other' });
    await ask({ prompt: 'hello', user: 'myself' }, { 'x-api-key': mine.key });
    for (const prompt of ['a', 'b', 'c']) await ask({ prompt, user: 'somebody' }, { 'x-api-key': other.key });
    const { page } = await visit(url);
    await signIn(page, mine.key, '/ui/overview?by=user');
    const spend = page.getByRole('region', { name: 'Spend over time' });
    await spend.getByRole('row', { name: /myself 1/ }).waitFor();
    const requests = page.locator('.tile', { hasText: 'Requests' });
    await expect.poll(() => requests.textContent()).toMatch(/^Requests1/);
    expect(await page.content()).not.toContain('somebody');
    expect(await spend.getByText('Key', { exact: true }).count()).toBe(0);
  });
});
