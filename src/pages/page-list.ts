/** The pages for people: a page is one line here and one module in `browser/`. */

type Role = 'admin' | 'caller' | 'anonymous';

/** A page: where it is, what draws it, and who sees it. */
export interface Page {
  readonly path: string;
  readonly title: string;
  /** The module that draws it, within `browser/`. */
  readonly module: string;
  /** Who has it in the menu, whose order is that of the pages; nobody without it. */
  readonly inMenuOf?: readonly Role[];
  /** In the menu, where that is shorter than the title. */
  readonly shortTitle?: string;
  /** Shown to those who are not signed in. */
  readonly isPublic?: boolean;
}

const EVERYBODY = ['admin', 'caller', 'anonymous'] as const;
const WITH_KEY = ['admin', 'caller'] as const;

/** In the order of the menu. */
export const pages: readonly Page[] = [
  { path: '/', title: 'Playground', module: 'playground/playground.js', inMenuOf: EVERYBODY },
  { path: '/ui/overview', title: 'Overview', module: 'overview/overview.js', inMenuOf: WITH_KEY },
  { path: '/ui/requests', title: 'Requests', module: 'requests/requests.js', inMenuOf: WITH_KEY },
  {
    path: '/ui/keys',
    title: 'Keys and projects',
    module: 'keys/keys.js',
    inMenuOf: WITH_KEY,
    shortTitle: 'Keys',
  },
  { path: '/ui/models', title: 'Models', module: 'models/models.js', inMenuOf: EVERYBODY },
  { path: '/ui/settings', title: 'Settings', module: 'settings.js', inMenuOf: ['admin'] },
  { path: '/docs', title: 'API', module: 'reference/reference.js', inMenuOf: EVERYBODY },
  { path: '/ui/sign-in', title: 'Sign in', module: 'sign-in.js', isPublic: true },
];

interface MenuLink {
  readonly path: string;
  readonly name: string;
  readonly for: readonly Role[];
}

/** What every page is told of the others. */
export const menu: readonly MenuLink[] = pages.flatMap(({ path, title, shortTitle = title, inMenuOf }) =>
  inMenuOf ? [{ path, name: shortTitle, for: inMenuOf }] : [],
);
