/**
 * Makes the pictures of docs/images from the real pages: `npm run docs:screenshots`. With `--all <folder>` every page in both themes and three
 * widths, to be looked at.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { pages } from '../../src/pages/page-list.ts';
import { startServer } from '../../src/server.ts';
import { findChromium } from './find-chromium.ts';
import { databaseWith, type PastRequest } from './past-requests.ts';

const QUALITY = 82;

type Prepare = (page: Page) => Promise<void>;

interface Picture {
  readonly name: string;
  readonly path: string;
  readonly prepare?: Prepare;
}

async function askWithRescue(page: Page): Promise<void> {
  await page.getByLabel('Your question').fill('How do I reverse a linked list in Python?');
  await page.getByText('Rescue: breaks mid-answer').click();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText(/^Complete/).waitFor();
  await page.getByText(/went on from there/).waitFor();
}

async function openFirst(page: Page): Promise<void> {
  await page.locator('.requests tbody tr').first().click();
  await page.getByRole('dialog').getByText('As JSON').waitFor();
}

const PICTURES: readonly Picture[] = [
  { name: 'playground', path: '/', prepare: askWithRescue },
  { name: 'overview', path: '/ui/overview?range=30d' },
  { name: 'request', path: '/ui/requests?status=ok', prepare: openFirst },
  { name: 'models', path: '/ui/models' },
];

async function take(
  browser: Browser,
  url: string,
  { name, path, prepare }: Picture,
  { theme, width, fullPage }: { theme: 'light' | 'dark'; width: number; fullPage: boolean },
  file: string,
): Promise<void> {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: { width, height: 860 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url + path);
  await page.locator('h1').first().waitFor();
  await prepare?.(page);
  // Charts and lists have their data by then.
  await page.waitForTimeout(800);
  if (fullPage) await page.screenshot({ path: `${file}.png`, fullPage });
  else {
    const session = await context.newCDPSession(page);
    const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
    writeFileSync(`${file}.webp`, Buffer.from(data, 'base64'));
  }
  await context.close();
  process.stdout.write(`${name} ${theme} ${width}\n`);
}

/** Thirty days of a team's work. */
function past(): PastRequest[] {
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const one = <Value>(list: readonly Value[]): Value => list[Math.floor(random() ** 1.6 * list.length)]!;
  const models = [
    ['anthropic', 'claude-sonnet-5-5', 0.021],
    ['openai', 'gpt-4', 0.03],
    ['together', 'togethercomputer/CodeLlama-34b-Instruct', 0.002],
    ['openai', 'gpt-6-luna', 0.006],
  ] as const;
  const requests: PastRequest[] = [];
  for (let days = 60; days >= 0; days--) {
    const isWeekend = new Date(Date.now() - days * 86_400_000).getUTCDay() % 6 === 0;
    for (let count = isWeekend ? 6 : 22 + Math.floor(random() * 25); count > 0; count--) {
      const [provider, model, price] = one(models);
      const isHit = random() < 0.14;
      const isError = !isHit && random() < 0.012;
      const duration = isHit ? 3 : 900 + random() ** 3 * 9_000;
      requests.push({
        at: Date.now() - days * 86_400_000 - Math.floor(random() * 36_000_000) - 60_000,
        dollars: isHit || isError ? 0 : price * (0.4 + random() * 3),
        receipt: {
          provider,
          model,
          user: one(['ann', 'bela', 'chen', 'dana', null]),
          agent: one(['claude-code', 'codex', 'opencode', 'cursor', 'curl']),
          cache: isHit ? 'hit' : 'miss',
          duration_ms: duration,
          ttft_ms: isHit ? 2 : 200 + random() * 500,
          usage: {
            input: Math.round(400 + random() * 9_000),
            output: Math.round(60 + random() * 900),
            cached_input: 0,
            cache_write: 0,
            reasoning: 0,
            estimated: false,
          } as never,
          ...(isError && {
            error: { kind: 'upstream_timeout', message: 'The model was silent.' },
            finish_reason: null,
          }),
        },
      });
    }
  }
  return requests.sort((one, another) => one.at - another.at);
}

const executablePath = findChromium();
if (!executablePath) throw new Error('There is no Chromium: install it, or set CHROMIUM_PATH.');
const all = process.argv.indexOf('--all');
const server = await startServer(
  {
    PORT: '0',
    HOST: '127.0.0.1',
    DRAIN_TIMEOUT: '0',
    OPEN_ADMIN: 'true',
    DEMO_DATABASE_URL: await databaseWith(past()),
  },
  () => pino({ level: 'silent' }),
);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  await post('/projects', { alias: 'Web shop', budget_usd: 200, budget_period: 'month' });
  for (const [alias, limits] of [
    ['editor plugin', { budget_usd: 0.05, budget_period: 'day', rpm: 60, project: 'Web shop' }],
    ['continuous integration', { budget_usd: 0.012, budget_period: 'day', models: ['default', 'gpt-4'] }],
    ['notebook', { tpm: 100_000 }],
  ] as const) {
    const { key } = (await (await post('/keys', { alias, ...limits })).json()) as { key: string };
    // Answered by another model each, so that there is something to see.
    for (const simulate of ['together=429', 'together=cut:9'])
      await post(
        '/chat/completions',
        { prompt: 'What is a closure in JavaScript?', stream: true, user: 'ann', max_tokens: 150 },
        { 'x-simulate': simulate, 'x-api-key': key, 'user-agent': 'claude-cli/2' },
      ).then((response) => response.text());
  }
  if (all < 0) {
    mkdirSync('docs/images', { recursive: true });
    for (const picture of PICTURES)
      for (const theme of ['light', 'dark'] as const)
        await take(
          browser,
          server.url,
          picture,
          { theme, width: 1280, fullPage: false },
          join('docs/images', `${picture.name}-${theme}`),
        );
  } else {
    const folder = process.argv[all + 1] ?? 'screenshots';
    mkdirSync(folder, { recursive: true });
    const others = pages
      .filter(
        ({ path, isPublic }) => !isPublic && !PICTURES.some((picture) => picture.path.split('?')[0] === path),
      )
      .map(({ path }) => ({ name: path.replaceAll('/', '-').slice(1), path }));
    for (const picture of [...PICTURES, ...others])
      for (const theme of ['light', 'dark'] as const)
        for (const width of [390, 1280, 1920])
          await take(
            browser,
            server.url,
            picture,
            { theme, width, fullPage: true },
            join(folder, `${picture.name}-${width}-${theme}`),
          );
  }
} finally {
  await browser.close();
  await server.drain();
}
