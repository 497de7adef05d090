/** Signing in, and what attackers would try. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { ADMIN_KEY, copy, inBrowser, signIn, startWithKeys, visit } from './browser.ts';

describe('with ADMIN_KEY', () => {
  inBrowser('one signs in, lands where one was going, and signs out again', async () => {
    const { url } = await startWithKeys();
    const { page } = await visit(url);
    await page.goto('/?from=a-link');
    expect(new URL(page.url()).pathname).toBe('/ui/sign-in');
    await page.getByLabel('Your key').fill('a wrong key');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Your key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Administrator', { exact: true }).waitFor();
    expect(page.url()).toBe(`${url}/?from=a-link`);
    await page.getByLabel('Your question').fill('hello world in Go');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Your key').waitFor();
    await page.goto('/');
    await page.getByLabel('Your key').waitFor();
  });

  inBrowser('the way back after signing in leads to no other server', async () => {
    const { url } = await startWithKeys();
    for (const to of ['//evil.test/', 'https://evil.test/', '/\\evil.test/', 'javascript:alert(1)']) {
      const { page } = await visit(url);
      await page.goto(`/ui/sign-in?to=${encodeURIComponent(to)}`);
      await page.getByLabel('Your key').fill(ADMIN_KEY);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Administrator', { exact: true }).waitFor();
      expect(page.url()).toBe(`${url}/`);
    }
  });

  inBrowser('scripts see neither the key nor the session', async () => {
    const { url } = await startWithKeys();
    const { page, context } = await visit(url);
    await signIn(page, ADMIN_KEY);
    const seen = await page.evaluate(
      'JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])',
    );
    expect(seen).toBe('["",{},{}]');
    const [cookie, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie!.value).not.toContain(ADMIN_KEY);
  });

  inBrowser('a session that was there before signing in is not the one after it (fixation)', async () => {
    const { url } = await startWithKeys();
    const { page, context } = await visit(url);
    await signIn(page, ADMIN_KEY);
    const [first] = await context.cookies();
    await page.goto('/ui/sign-in');
    await page.getByLabel('Your key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Administrator', { exact: true }).waitFor();
    const [second] = await context.cookies();
    expect(second!.value).not.toBe(first!.value);
    const cookie = (value: string) => ({ headers: { cookie: `${first!.name}=${value}` } });
    expect((await fetch(`${url}/v1/models`, cookie(first!.value))).status).toBe(401);
    expect((await fetch(`${url}/v1/models`, cookie(second!.value))).status).toBe(200);
    expect((await fetch(`${url}/v1/models`, cookie('chosen-by-an-attacker'))).status).toBe(401);
  });

  inBrowser('another site can do nothing in the name of one who is signed in (CSRF)', async () => {
    const { url, manage } = await startWithKeys();
    const { page, context } = await visit(url, { others: /evil\.test/ });
    await signIn(page, ADMIN_KEY);
    const evil = await strangersSite(url);
    const other = await context.newPage();
    await other.goto(evil);
    await other.getByText('done').waitFor();
    await other.getByRole('button', { name: 'Win a prize' }).click();
    await other.waitForURL(`${url}/keys`);
    const { data } = (await manage('GET', '/keys')) as unknown as { data: object[] };
    expect(data).toEqual([]);
  });
});

describe('plain http under a host name', () => {
  inBrowser('works: signing in, asking, and copying without a clipboard API', async () => {
    const { url } = await startWithKeys({ HOST: '0.0.0.0' });
    const named = url.replace('127.0.0.1', 'gateway.test');
    const { page } = await visit(named);
    await signIn(page, ADMIN_KEY);
    expect(await page.evaluate('isSecureContext')).toBe(false);
    expect(await page.evaluate('navigator.clipboard')).toBeUndefined();
    await page.getByLabel('Your question').fill('hello world in Go');
    const reader = await visit(url);
    await reader.page.goto('/ui/sign-in');
    await copy(page, 'Copy as curl', `curl -N ${named}/chat/completions`, reader.page);
  });
});

/** A page of another site that tries to make a key with the visitor's cookie, by script and by a form. */
async function strangersSite(target: string): Promise<string> {
  const body = JSON.stringify({ alias: 'stolen' });
  const html = `<!doctype html><title>evil</title>
    <form method="post" action="${target}/keys" enctype="text/plain"><input name='${body.slice(0, -1)},"x":"' value='"}'><button>Win a prize</button></form>
    <script>
      const send = (type) => fetch('${target}/keys', { method: 'POST', mode: 'no-cors', credentials: 'include', headers: { 'content-type': type }, body: '${body}' }).catch(() => {});
      Promise.all([send('text/plain'), send('application/json')]).then(() => document.body.append('done'));
    </script>`;
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(html),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://evil.test:${(server.address() as AddressInfo).port}/`;
}
