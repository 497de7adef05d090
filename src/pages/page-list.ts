/** The pages for people: a page is one line here and one module in `browser/`. */

export interface Page {
  readonly path: string;
  readonly title: string;
  /** The module that draws it, within `browser/`. */
  readonly module: string;
  /** Shown to those who are not signed in. */
  readonly isPublic?: boolean;
}

export const pages: readonly Page[] = [
  { path: '/', title: 'Playground', module: 'playground/playground.js' },
  { path: '/ui/overview', title: 'Overview', module: 'overview/overview.js' },
  { path: '/ui/requests', title: 'Requests', module: 'requests/requests.js' },
  { path: '/ui/keys', title: 'Keys and projects', module: 'keys/keys.js' },
  { path: '/ui/models', title: 'Models', module: 'models/models.js' },
  { path: '/ui/settings', title: 'Settings', module: 'settings.js' },
  { path: '/docs', title: 'API', module: 'reference/reference.js' },
  { path: '/ui/sign-in', title: 'Sign in', module: 'sign-in.js', isPublic: true },
];
