/** How the pages are served; what they do in a browser is in the other files of this folder. */
import { readFileSync } from 'node:fs';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { readPageFiles } from '../../src/pages/files.ts';
import { startBareGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'admin-key-of-sixteen-characters';

describe('a page', () => {
  it('is HTML that names its files, and nothing of another server', async () => {
    const { url } = await startBareGateway();
    const { text, headers } = await supertest(url).get('/').expect(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('<script type="module" src="/ui/playground/playground.js">');
    expect(text).toContain('<link rel="modulepreload" href="/ui/packages/preact.js">');
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/<style|style="|<script>/);
  });

  it.each(['/ui', '/ui/'])('is the playground at %s, too', async (path) => {
    const { url } = await startBareGateway();
    const { text } = await supertest(url).get(path).expect(200);
    expect(text).toContain('/ui/playground/playground.js');
  });

  it('takes GET and HEAD alone', async () => {
    const { url } = await startBareGateway();
    await supertest(url).head('/').expect(200);
    await supertest(url).post('/').expect(405).expect('allow', 'GET');
  });
});

describe('the files of the pages', () => {
  it.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['identity', null],
  ])('come compressed in the best way that a browser takes: of %s %s', async (accepted, encoding) => {
    const { url } = await startBareGateway();
    const response = await fetch(`${url}/ui/theme.js`, { headers: { 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(await response.text()).toBe(readFileSync('src/pages/browser/theme.js', 'utf8'));
  });

  it('are not sent again to a browser that has them', async () => {
    const { url } = await startBareGateway();
    const { headers } = await supertest(url).get('/ui/styles.css').expect(200);
    await supertest(url).get('/ui/styles.css').set('if-none-match', headers.etag!).expect(304);
    await supertest(url).get('/ui/styles.css').set('if-none-match', '"of an older version"').expect(200);
  });

  it.each([
    '/ui/packages/express.js',
    '/ui/../package.json',
    '/ui/%2e%2e/package.json',
    '/ui/packages/../../package.json',
    '/ui/tsconfig.json',
    '/node_modules/preact/package.json',
  ])('and nothing else is there: %s', async (path) => {
    const { url } = await startBareGateway();
    const response = await fetch(`${url}${path}`);
    expect(response.status).toBe(404);
  });

  it('import nothing that is not served', () => {
    const files = readPageFiles();
    for (const [address, { content, type }] of files) {
      if (!type.startsWith('text/javascript')) continue;
      for (const [, name] of content.toString().matchAll(/^\s*import\s[^'"]*['"]([^'"]+)['"]/gm)) {
        expect(files.has(new URL(name!, `http://x${address}`).pathname), `${name} of ${address}`).toBe(true);
      }
    }
  });
});

describe('with ADMIN_KEY', () => {
  it('a page sends those who are not signed in to the sign-in page, which knows where they were going', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    await supertest(url).get('/?a=1').expect(303).expect('location', '/ui/sign-in?to=%2F%3Fa%3D1');
    await supertest(url).get('/ui/sign-in').expect(200);
    await supertest(url).get('/').set('authorization', `Bearer ${ADMIN_KEY}`).expect(200);
  });

  it('only what the sign-in page needs is served without a key, also to one who names a version', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    for (const path of ['/ui/sign-in.js', '/ui/styles.css', '/ui/icon.svg', '/ui/packages/preact.js'])
      await supertest(url).get(path).expect(200);
    const path = '/ui/playground/playground.js';
    await supertest(url).get(path).expect(401);
    const { headers } = await supertest(url).get(path).set('x-api-key', ADMIN_KEY).expect(200);
    await supertest(url).get(path).set('if-none-match', headers.etag!).expect(401);
  });
});
