/** A browser's view of a running server. Whatever a test does, its pages must break no security policy and throw nothing. */
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { type RunningGateway, startGateway } from '../helpers/gateway.ts';

export const ADMIN_KEY = 'admin-key-of-sixteen-characters';

const address = inject('browser');
/** Left out, and said so, where there is no browser. */
export const inBrowser = test.skipIf(address === '');

const browser = address === '' ? undefined : await chromium.connect(address);

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
}

interface VisitOptions {
  readonly width?: number;
  /** Addresses of other servers that the test itself goes to. */
  readonly others?: RegExp;
}

/** A browser of its own, with nothing in it. @param url of the server */
export async function visit(url: string, { width = 1280, others }: VisitOptions = {}): Promise<Visit> {
  const context = await browser!.newContext({
    baseURL: url,
    colorScheme: 'light',
    viewport: { width, height: 900 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(100_000);
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url }).catch(() => {});
  const faults: string[] = [];
  context.on('console', (message) => {
    if (/content security policy|violates the following/i.test(message.text())) faults.push(message.text());
  });
  context.on('weberror', (error) => void faults.push(error.error().message));
  context.on('request', (request) => {
    if (others?.test(request.url())) return;
    if (!request.url().startsWith(url) && !/^(?:data|blob|about):/.test(request.url()))
      faults.push(`asked ${request.url()}`);
  });
  onTestFinished(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  return { context, page: await context.newPage() };
}

/** A server that asks for keys. */
export async function startWithKeys(environment: Record<string, string> = {}): Promise<
  RunningGateway & {
    readonly manage: (method: string, path: string, body?: object) => Promise<{ id: string; key: string }>;
  }
> {
  const gateway = await startGateway({ ADMIN_KEY, ...environment });
  const manage = async (method: string, path: string, body?: object) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_KEY}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as { id: string; key: string };
  };
  return { ...gateway, manage };
}

export async function signIn(page: Page, key: string, to = '/'): Promise<void> {
  await page.goto(to);
  await page.getByLabel('Your key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/**
 * Presses a button that copies, and reads what it has copied. All tests have one clipboard: what another has put there in
 * between is not taken for it, and the button is pressed again.
 * @param own what nobody else copies @param reader where pages may read the clipboard
 */
export function copy(page: Page, button: string, own: string, reader = page): Promise<string> {
  return eventually(async () => {
    await says(page, 'Copied', () => page.getByRole('button', { name: button }).click());
    const text = String(await reader.evaluate('navigator.clipboard.readText()'));
    expect(text).toContain(own);
    return text;
  });
}

/** Does something that the page says something to for a moment, which a look now and then could miss. */
async function says(page: Page, words: string, act: () => Promise<void>): Promise<void> {
  await page.evaluate(`
    window.hasSaid = false;
    new MutationObserver((_, observer) => {
      window.hasSaid = document.body.innerText.includes(${JSON.stringify(words)});
      if (window.hasSaid) observer.disconnect();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });`);
  await act();
  await expect.poll(() => page.evaluate('window.hasSaid')).toBe(true);
}
