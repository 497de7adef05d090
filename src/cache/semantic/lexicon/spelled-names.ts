/** Names that look like identifiers (camelCase, dots, signs) but are names of languages, tools and formats. */
export const SPELLED_NAMES: ReadonlySet<string> = new Set(
  `JavaScript TypeScript PostgreSQL MySQL MongoDB GitHub GraphQL DynamoDB FastAPI NumPy PyTorch TensorFlow
BeautifulSoup PowerShell NodeJS NextJS ReactJS VueJS MariaDB MacOS macOS iOS IntelliJ OpenCV SciPy RabbitMQ
NoSQL SQLite SQLAlchemy DataFrame HashMap WebSocket LinkedList BigQuery MATLAB OAuth RegEx YouTube DevOps
OpenAI LangChain ClickHouse CockroachDB GitLab JQuery jQuery RxJS MobX TailwindCSS WordPress SpringBoot
DockerHub kB MBs MB GBs GB IDs ID URLs URL APIs API PDFs PDF CSVs CSV JSONs JSON TypeORM FastApi SwiftUI
ViewModel NestJS ExpressJS ReactNative VSCode LocalStorage`.split(/\s+/),
);

/** Those with signs in them, which are kept whole when a text is split into words. */
export const NAMES_WITH_SIGNS: ReadonlySet<string> = new Set(
  `c++ c# f# .net node.js next.js vue.js react.js express.js nest.js angular.js three.js d3.js asp.net objective-c`.split(
    ' ',
  ),
);
