/**
 * Everything the pages are made of, by its address. There is no build step: modules are served as they are written, except that
 * names of packages become addresses, since browsers have none and an import map would need an inline script.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageFile } from '../core/page-file.ts';
import { pageDocument } from './document.ts';
import { pages } from './page-list.ts';

const SCRIPT = 'text/javascript; charset=utf-8';
const HTML = 'text/html; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** All that is served of other people's packages: how the pages name a module, and which file it is. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact',
  'preact/hooks': 'preact/hooks',
  htm: 'htm',
  marked: 'marked',
  uplot: 'uplot/dist/uPlot.esm.js',
};
const UPLOT_STYLE = 'uplot/dist/uPlot.min.css';

/** In the order in which later rules go before earlier ones. */
const STYLES = ['base', 'shell', 'forms', 'data', 'waterfall', 'charts', 'playground', 'reference'];

/** What every page asks for before anybody is known. */
const ALWAYS_PUBLIC = ['/ui/styles.css', '/ui/theme.js', '/ui/icon.svg'];

/** Reads all files; their number and size are known, so all stay in memory. */
export function readPageFiles(): ReadonlyMap<string, PageFile> {
  const modules = readModules();
  const sources = new Map<string, { type: string; text: string }>([
    ['/ui/styles.css', { type: STYLE, text: readStyles() }],
    ['/ui/icon.svg', { type: 'image/svg+xml', text: readFileSync(join(HERE, 'icon.svg'), 'utf8') }],
  ]);
  for (const [address, text] of modules) sources.set(address, { type: SCRIPT, text });

  const publicAddresses = new Set(ALWAYS_PUBLIC);
  const documents = new Set<string>();
  for (const page of pages) {
    const needed = withImports(`/ui/${page.module}`, modules);
    sources.set(page.path, { type: HTML, text: pageDocument(page, needed) });
    documents.add(page.path);
    if (page.isPublic) for (const address of [page.path, ...needed]) publicAddresses.add(address);
  }
  return new Map(
    [...sources].map(([address, { type, text }]) => {
      const content = Buffer.from(text);
      const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
      const isPublic = publicAddresses.has(address);
      return [address, { type, content, etag, isPublic, isDocument: documents.has(address) }];
    }),
  );
}

function readModules(): Map<string, string> {
  const modules = new Map<string, string>();
  for (const [name, file] of Object.entries(PACKAGES))
    modules.set(addressOfPackage(name), readModule(pathOfPackage(file)));
  const folder = join(HERE, 'browser');
  for (const file of globSync('**/*.js', { cwd: folder }))
    modules.set(`/ui/${file.replaceAll('\\', '/')}`, readModule(join(folder, file)));
  return modules;
}

/** Wherever npm has put it. */
function pathOfPackage(file: string): string {
  return fileURLToPath(import.meta.resolve(file));
}

function addressOfPackage(name: string): string {
  return `/ui/packages/${name.replaceAll('/', '-')}.js`;
}

const IMPORT = /\b(from|import)\s*(["'])([^"'\n]+)\2/g;

/** Names of packages become addresses; maps of the packages' own sources, which are not served, are not named. */
function readModule(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(IMPORT, (whole, word: string, _quote, name: string) =>
      name in PACKAGES ? `${word} '${addressOfPackage(name)}'` : whole,
    )
    .replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}

/** @returns the module's address and those of everything it imports */
function withImports(address: string, modules: ReadonlyMap<string, string>): string[] {
  const found = new Set([address]);
  for (const each of found) {
    const text = modules.get(each);
    if (text === undefined) throw new Error(`There is no module ${each} in src/pages/browser.`);
    for (const [, , , name] of text.matchAll(IMPORT))
      if (/^[./]/.test(name!)) found.add(posix.resolve(posix.dirname(each), name!));
  }
  return [...found];
}

function readStyles(): string {
  const own = STYLES.map((name) => join(HERE, 'styles', `${name}.css`));
  return [pathOfPackage(UPLOT_STYLE), ...own].map((file) => readFileSync(file, 'utf8')).join('\n');
}
