const LANGUAGES = `javascript typescript python java kotlin scala go rust c c++ c# f# php ruby perl swift objectivec dart r
julia matlab haskell ocaml erlang elixir clojure lisp scheme racket fortran cobol pascal ada assembly lua groovy
bash zsh fish powershell sql plsql tsql html css sass scss less vba solidity zig nim crystal d awk sed`;
const FRAMEWORKS = `react vue angular angularjs svelte nextjs nuxt gatsby remix ember backbone jquery bootstrap tailwind node
deno bun express nestjs fastify koa hapi django flask fastapi rails sinatra laravel symfony spring springboot
hibernate .net blazor xamarin unity unreal flutter reactnative ionic electron swiftui htmx astro wordpress`;
const DATABASES = `mysql postgresql sqlite mssql oracle mongodb redis cassandra dynamodb elasticsearch firebase supabase
neo4j mariadb snowflake bigquery clickhouse duckdb`;
const PLATFORMS = `docker dockercompose kubernetes helm terraform ansible jenkins githubactions git github gitlab bitbucket
svn nginx apache tomcat linux ubuntu debian centos fedora windows macos android ios aws azure gcp heroku vercel
netlify cloudflare`;
const LIBRARIES = `numpy pandas matplotlib seaborn sklearn tensorflow pytorch keras opencv scipy spark hadoop kafka rabbitmq
celery airflow selenium playwright cypress puppeteer jest mocha pytest junit vitest webpack vite rollup babel
eslint prettier npm yarn pnpm pip conda poetry maven gradle cargo cmake gcc clang vim emacs vscode excel jupyter
graphql prisma sequelize mongoose typeorm sqlalchemy redux mobx zustand rxjs lodash axios fetch d3 threejs jinja
pydantic beautifulsoup scrapy requests tmux`;

/** Languages, frameworks, tools and platforms: where it happens. They may be named anywhere in a question. */
export const TOOLS: ReadonlySet<string> = new Set(
  [LANGUAGES, FRAMEWORKS, DATABASES, PLATFORMS, LIBRARIES].join(' ').split(/\s+/),
);
