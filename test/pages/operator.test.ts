/** An operator in an outage: sees who fails and why, and ends a cooldown by hand. */
import { describe, expect } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';
import { inBrowser, visit } from './browser.ts';

const CODELLAMA = 'together/togethercomputer/CodeLlama-34b-Instruct';

describe('an operator', () => {
  inBrowser('sees a failing model cool down, and lifts it when it is well again', async () => {
    const { url, ask, simulator } = await startGateway();
    simulator.always('together', '429:300');
    const first = await ask({ prompt: 'hello' });
    expect(first.headers['x-model']).toBe('openai/gpt-4');
    const { page } = await visit(url);
    await page.goto('/ui/models');
    const row = page.locator(`[data-target="${CODELLAMA}"]`);
    await row.getByText('cooling down').waitFor();
    await row.getByText(/rate limited, until/).waitFor();
    await page.getByRole('region', { name: 'Chain default' }).getByText('cooling down').waitFor();
    simulator.always('together', 'ok');
    await page.getByRole('button', { name: `Lift the cooldown of ${CODELLAMA}` }).click();
    await row.getByText('up', { exact: true }).waitFor();
    const second = await ask({ prompt: 'hello again' });
    expect(second.headers['x-model']).toBe(CODELLAMA);
  });
});
