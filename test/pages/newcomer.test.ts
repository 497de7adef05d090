/** A newcomer's first minutes, in demo mode. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { startBareGateway } from '../helpers/gateway.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';
import { streamOf } from '../helpers/two-upstreams.ts';
import { copy, inBrowser, visit } from './browser.ts';

const QUESTION = 'write me a function to print hello world in Go';

describe('a newcomer', () => {
  inBrowser('asks, and sees the answer and how it came about', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByLabel('Your question').press('Control+Enter');
    const answer = page.getByRole('region', { name: 'default' });
    await answer.getByText('Complete', { exact: true }).waitFor();
    expect(await answer.locator('.markdown').textContent()).toContain('func main()');
    await answer.getByText('CodeLlama-34b-Instruct answered at once.').waitFor();
    // The receipt comes after the answer.
    await expect
      .poll(() => answer.locator('.facts').textContent())
      .toMatch(/Cost\$0\.0\d+Tokens in\d+Tokens out\d+First token[\d.]+ m?s/);
  });

  inBrowser('sees the words as they come', async () => {
    const [begins, goesOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const reply = streamOf(
      [{ content: 'These words come first' }, { content: ', and these come last.' }],
      'stop',
    );
    const pause = { at: String(reply.body).indexOf(', and these'), until: goesOn.promise };
    const upstream = await startRawUpstream({ ...reply, after: begins.promise, pause });
    const { url } = await startBareGateway({
      TOGETHER_API_KEY: 'key-of-together',
      TOGETHER_BASE_URL: `${upstream.url}/v1`,
      FIRST_TOKEN_TIMEOUT: '10m',
      IDLE_TIMEOUT: '10m',
      ATTEMPT_TIMEOUT: '10m',
      ROUTE_BUDGET: '10m',
    });
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    const answer = page.getByRole('region', { name: 'default' });
    await answer.getByText('Waiting for the first word …').waitFor();
    begins.resolve();
    await answer.getByText('Writing …').waitFor();
    await answer.locator('.markdown').getByText('These words').waitFor();
    goesOn.resolve();
    await answer.getByText('Complete', { exact: true }).waitFor();
    expect(await answer.locator('.markdown').textContent()).toContain(
      'These words come first, and these come last.',
    );
  });

  inBrowser.for([
    ['Fallback: rate limited', 'CodeLlama-34b-Instruct: rate limited. gpt-4 took over.', 2],
    ['Rescue: breaks mid-answer', 'CodeLlama-34b-Instruct broke in mid-answer; gpt-4 went on from there.', 2],
    ['Hedge: slow model', 'Two were asked side by side; gpt-4 was quicker.', 2],
    ['Two models down', 'CodeLlama-34b-Instruct: no credit. claude-2 took over.', 3],
  ] as const)('sees what a fault does: %s', async ([fault, story, tries]) => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByText(fault).click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/^Complete/).waitFor();
    await page.getByText(story).waitFor();
    await expect.poll(() => page.locator('.waterfall tbody tr').count()).toBe(tries);
    const seams = fault.startsWith('Rescue') ? 1 : 0;
    await expect.poll(() => page.locator('.waterfall tbody .bar-seam').count()).toBe(seams);
  });

  inBrowser('gets an honest error where nobody can answer', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByText('Everything down').click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByRole('alert').getByText('no_target_available · 503').waitFor();
    await page.getByText('No model could answer.', { exact: true }).waitFor();
  });

  inBrowser('copies the question as curl, and it runs', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill("print 'hello' in Python");
    await page.getByLabel('Stream').uncheck();
    const command = await copy(page, 'Copy as curl', url);
    const { stdout } = await promisify(execFile)('bash', ['-c', command.replace('curl ', 'curl -s ')]);
    expect(JSON.parse(stdout).choices[0].message.content).toContain('print');
  });

  inBrowser('compares two models side by side', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByLabel('Two models side by side').check();
    await page.getByLabel('First model').fill('gpt-4');
    await page.getByLabel('Second model').fill('claude-2');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    for (const name of ['gpt-4', 'claude-2']) {
      const answer = page.getByRole('region', { name, exact: true });
      await answer.getByText('Complete', { exact: true }).waitFor();
      await answer.getByText(`${name} answered at once.`).waitFor();
    }
  });

  inBrowser('asks in every format, streamed and whole', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByText('Format and parameters').click();
    const request = page.locator('.answer .request-id code');
    let last: string | null = null;
    for (const door of ['messages', 'responses']) {
      await page.getByLabel('API format').selectOption(door);
      for (const stream of [true, false]) {
        await page.getByLabel('Your question').fill(`${QUESTION}, ${door} ${stream}`);
        await page.getByLabel('Stream').setChecked(stream);
        await page.getByRole('button', { name: 'Ask', exact: true }).click();
        await expect.poll(() => request.textContent()).not.toBe(last);
        last = await request.textContent();
        await page.getByText('Complete', { exact: true }).waitFor();
        expect(await page.locator('.markdown').textContent()).toContain('func main()');
      }
    }
  });

  inBrowser('is told what would happen before anything is sent', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByRole('button', { name: 'Explain first' }).click();
    const explanation = page.getByRole('region', { name: 'What would happen' });
    await explanation
      .getByText('together/togethercomputer/CodeLlama-34b-Instruct would be asked first.')
      .waitFor();
    expect(await explanation.locator('tbody tr').count()).toBe(3);
  });
});

describe('one without a key, where everybody may ask', () => {
  inBrowser('sees from the reply alone how the answer came about', async () => {
    const { url } = await startBareGateway({ ALLOW_ANONYMOUS: 'true' });
    const { page } = await visit(url);
    const refused: string[] = [];
    page.on('response', (response) => void (response.status() >= 400 && refused.push(response.url())));
    await page.goto('/');
    await page.getByLabel('Your question').fill(QUESTION);
    await page.getByText('Fallback: rate limited').click();
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByText('CodeLlama-34b-Instruct: rate limited. gpt-4 took over.').waitFor();
    await page.goto('/ui/overview');
    await page.getByText('A key is needed here').waitFor();
    expect(refused).toEqual([]);
  });
});

describe('one without a mouse', () => {
  inBrowser('goes past the links, asks, and opens a request by keyboard', async () => {
    const { url } = await startBareGateway();
    const { page } = await visit(url);
    await page.goto('/');
    await page.getByLabel('Your question').waitFor();
    const focused = () => page.evaluate('document.activeElement.id');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('main');
    for (const key of ['Tab', 'Tab']) await page.keyboard.press(key);
    await expect.poll(focused).toBe('prompt');
    await page.keyboard.type('hello world in Go');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.goto('/ui/requests');
    await page.locator('.requests tbody button').first().focus();
    await page.keyboard.press('Enter');
    const drawer = page.getByRole('dialog', { name: 'Request' });
    await drawer.waitFor();
    expect(await drawer.evaluate((dialog) => dialog.contains(dialog.ownerDocument.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate('document.activeElement.closest("tr") !== null')).toBe(true);
  });
});
