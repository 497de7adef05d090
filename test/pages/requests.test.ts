/** The request log, as an operator and as a caller see it. */
import { describe, expect } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';
import { ADMIN_KEY, inBrowser, signIn, startWithKeys, visit } from './browser.ts';

describe('the request log', () => {
  inBrowser('shows answered and refused requests; each opens with the way it took', async () => {
    const { url, ask } = await startBareGateway();
    const { headers } = await ask({ prompt: 'hello', user: 'ann' }, { 'x-simulate': 'together=429' });
    await ask({ prompt: 1 });
    const { page } = await visit(url);
    await page.goto('/ui/requests');
    const rows = page.locator('.requests tbody tr');
    await rows.first().getByText('invalid request').waitFor();
    await expect.poll(() => rows.count()).toBe(2);
    await rows.nth(1).getByText('2 tries').waitFor();
    await rows.nth(1).click();
    const drawer = page.getByRole('dialog', { name: 'Request' });
    await drawer.getByText('CodeLlama-34b-Instruct: rate limited. gpt-4 took over.').waitFor();
    await drawer.getByText(headers['x-request-id']!).first().waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await page.waitForURL(`${url}/ui/requests`);
  });

  inBrowser('is filtered by the address, which can be sent to somebody', async () => {
    const { url, ask } = await startBareGateway();
    await ask({ prompt: 'hello', user: 'ann' });
    await ask({ prompt: 'hello, too', user: 'bob' });
    const { page } = await visit(url);
    await page.goto('/ui/requests');
    await page.getByLabel('User').fill('bob');
    await page.getByLabel('User').press('Enter');
    await expect.poll(() => page.locator('.requests tbody tr').count()).toBe(1);
    const other = await visit(url);
    await other.page.goto(page.url());
    await other.page.getByText('bob').waitFor();
    expect(await other.page.locator('.requests tbody tr').count()).toBe(1);
  });

  inBrowser('shows requests live, as they end', async () => {
    const { url, ask } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/ui/requests');
    await page.getByLabel('Live').check();
    await page.getByText('Watching').waitFor();
    await ask({ prompt: 'hello', user: 'carol' });
    await page.getByText('carol').waitFor();
  });

  inBrowser('leaves what is being typed alone while rows come', async () => {
    const { url, ask } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/ui/requests?live=1');
    await page.getByText('Watching').waitFor();
    const user = page.getByLabel('User');
    await user.fill('car');
    await ask({ prompt: 'hello', user: 'dan' });
    await page.getByText('dan').waitFor();
    await user.press('End');
    await user.pressSequentially('ol');
    expect(await user.inputValue()).toBe('carol');
    const watched = page.waitForResponse(/\/requests\/live\?user=carol/);
    await user.press('Enter');
    await watched;
    await ask({ prompt: 'hello', user: 'erin' });
    await ask({ prompt: 'hello', user: 'carol' });
    await page.getByRole('row').getByText('carol').waitFor();
    expect(await page.locator('.requests tbody tr').count()).toBe(1);
  });

  inBrowser('says of an answer in other words whose it was', async () => {
    const { url, ask } = await startBareGateway({ SEMANTIC_CACHE: 'on' });
    const first = await ask({ prompt: 'How do I reverse a list in Python?' });
    const second = await ask({ prompt: 'How can I reverse a list in Python?' });
    expect(second.headers['x-cache']).toBe('hit-semantic');
    const { page } = await visit(url);
    await page.goto(`/ui/requests?id=${second.headers['x-request-id']}`);
    const drawer = page.getByRole('dialog', { name: 'Request' });
    await drawer.getByRole('link', { name: 'The request it was kept from' }).click();
    await drawer.getByText(first.headers['x-request-id']!).first().waitFor();
    await drawer.getByText('CodeLlama-34b-Instruct answered at once.').waitFor();
  });

  inBrowser('asks a logged prompt again in the playground', async () => {
    const { url, ask } = await startBareGateway({ LOG_PROMPTS: 'true', GUARDRAIL_PROMPT: 'off' });
    const { headers } = await ask({ prompt: 'what is a monad?', model: 'gpt-4' });
    const { page } = await visit(url);
    await page.goto(`/ui/requests?id=${headers['x-request-id']}`);
    await page.getByRole('button', { name: 'Ask it again in the playground' }).click();
    await expect
      .poll(() => page.getByLabel('Message 1', { exact: true }).inputValue())
      .toBe('what is a monad?');
    expect(await page.getByLabel('Model or chain').inputValue()).toBe('gpt-4');
  });

  inBrowser('of a caller has its own requests alone, and no other id opens', async () => {
    const { url, ask, manage } = await startWithKeys();
    const mine = await manage('POST', '/keys', { alias: 'mine' });
    const other = await manage('POST', '/keys', { alias: 'other' });
    await ask({ prompt: 'hello', user: 'myself' }, { 'x-api-key': mine.key });
    const { headers } = await ask({ prompt: 'hello', user: 'somebody' }, { 'x-api-key': other.key });
    const { page } = await visit(url);
    await signIn(page, mine.key, '/ui/requests');
    await page.getByText('myself').waitFor();
    expect(await page.locator('.requests tbody tr').count()).toBe(1);
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0);
    await page.goto(`/ui/requests?id=${headers['x-request-id']}`);
    await page.getByRole('alert').getByText('There is no such request, or it is not yours.').waitFor();
    for (const path of [`/keys/${other.id}`, `/requests?key=${other.id}`]) {
      const status = await page.evaluate(`fetch('${path}').then(({ status }) => status)`);
      expect(status, path).toBe(404);
    }
    const admin = await visit(url);
    await signIn(admin.page, ADMIN_KEY, '/ui/requests');
    await admin.page.getByText('somebody').waitFor();
    expect(await admin.page.locator('.requests tbody tr').count()).toBe(2);
  });
});
