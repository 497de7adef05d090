/** An administrator's work on keys, with what it means for those who use them. */
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { ADMIN_KEY, copy, inBrowser, signIn, startWithKeys, visit } from './browser.ts';

const saveSecret = async (page: Page) => {
  const secret = (await page.locator('[data-secret]').textContent())!;
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  return secret;
};

describe('an administrator', () => {
  inBrowser('makes a key, whose secret is shown once; it is used, limited, blocked and revoked', async () => {
    const { url, ask } = await startWithKeys();
    const { page } = await visit(url);
    await signIn(page, ADMIN_KEY, '/ui/keys');
    await page.getByText('No keys yet').waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('web shop');
    await page.getByLabel('Budget in $').fill('5');
    await page.getByLabel('Anew every').selectOption('month');
    await page.getByRole('button', { name: 'Create key' }).click();
    const copied = await copy(page, 'Copy the key', (await page.locator('[data-secret]').textContent())!);
    const secret = await saveSecret(page);
    expect(secret).toMatch(/^sk-cl-/);
    expect(copied).toBe(secret);

    const use = async (key: string, prompt: string) => (await ask({ prompt }, { 'x-api-key': key })).status;
    expect(await use(secret, 'one')).toBe(200);
    await page.reload();
    const row = page.locator('[data-key="web shop"]');
    await row.getByText(/\$0\.0\d+.*of \$5\.00 a month/).waitFor();
    expect(await page.content()).not.toContain(secret);

    await page.getByRole('button', { name: 'Change web shop' }).click();
    await page.getByLabel('Requests a minute', { exact: true }).fill('1');
    await page.getByRole('button', { name: 'Save' }).click();
    await row.getByText('1 requests/min').waitFor();
    await use(secret, 'two');
    expect(await use(secret, 'three')).toBe(429);

    await page.getByRole('button', { name: 'Block web shop' }).click();
    await row.getByText('blocked').waitFor();
    expect(await use(secret, 'four')).toBe(401);
    await page.getByRole('button', { name: 'Unblock web shop' }).click();
    await row.getByText('active').waitFor();

    await page.getByRole('button', { name: 'Rotate web shop' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    const second = await saveSecret(page);
    expect(second).not.toBe(secret);
    expect(await use(secret, 'five')).toBe(401);

    await page.getByRole('button', { name: 'Revoke web shop' }).click();
    await page.getByRole('button', { name: 'Revoke for good' }).click();
    await row.getByText('revoked').waitFor();
    expect(await use(second, 'six')).toBe(401);

    await page.getByText('Audit', { exact: true }).click();
    for (const action of ['key.create', 'key.update', 'key.block', 'key.unblock', 'key.rotate', 'key.revoke'])
      await page.getByRole('cell', { name: action }).first().waitFor();
  });

  inBrowser('makes a project, and is told what is wrong with a form in its own words', async () => {
    const { url, manage } = await startWithKeys();
    await manage('POST', '/projects', { alias: 'taken' });
    const { page } = await visit(url);
    await signIn(page, ADMIN_KEY, '/ui/keys?tab=projects');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Name').fill('taken');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByLabel('Name').fill('research');
    await page.getByLabel('Budget in $').fill('100');
    await page.getByLabel('Anew every').selectOption('month');
    await page.getByRole('button', { name: 'Create project' }).click();
    await page.getByRole('link', { name: 'research' }).waitFor();
    await page.getByText('Keys', { exact: true }).first().click();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('notebook');
    await page.locator('#holder-project').selectOption({ label: 'research' });
    await page.getByLabel('Only these models').fill('defualt');
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText('default').waitFor();
    await page.getByLabel('Only these models').fill('default');
    await page.getByRole('button', { name: 'Create key' }).click();
    await saveSecret(page);
    await page.locator('[data-key="notebook"]').getByText('research').waitFor();
  });

  inBrowser('reads the settings with where each comes from, and no secret among them', async () => {
    const { url } = await startWithKeys({ COOLDOWN: '42s' });
    const { page } = await visit(url);
    await signIn(page, ADMIN_KEY, '/ui/settings');
    const row = page.getByRole('row').filter({ has: page.getByText('COOLDOWN', { exact: true }) });
    await row.getByText('42s').waitFor();
    await row.getByText('environment').waitFor();
    expect(await page.content()).not.toContain(ADMIN_KEY);
    expect(await page.content()).not.toContain('key-of-openai');
    const other = await visit(url);
    await other.page.goto('/ui/settings');
    await other.page.getByLabel('Your key').waitFor();
  });
});

describe('a caller', () => {
  inBrowser('sees its own key and budget, and has nothing to change', async () => {
    const { url, manage } = await startWithKeys();
    const mine = await manage('POST', '/keys', { alias: 'mine', budget_usd: 3, budget_period: 'day' });
    await manage('POST', '/keys', { alias: 'other' });
    const { page } = await visit(url);
    await signIn(page, mine.key, '/ui/keys');
    await page.locator('[data-key="mine"]').getByText('of $3.00 a day').waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.getByRole('button', { name: /^(?:Revoke|New key|Change)/ }).count()).toBe(0);
    await page.goto('/ui/settings');
    await page.getByText('Settings are for the administrator').waitFor();
    await page.goto('/ui/models');
    await page.getByRole('region', { name: 'Chain default' }).waitFor();
  });
});
