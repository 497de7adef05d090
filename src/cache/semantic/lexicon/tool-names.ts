/** Names of languages and tools and how else they are written. One a line: the name, then what means exactly the same. */
export const TOOL_NAMES = `
.net: dotnet
c#: csharp
c++: cpp
express: expressjs express.js
go: golang
javascript: js ecmascript es6
kubernetes: k8s kube
macos: mac osx
mongodb: mongo
mssql: sqlserver
nestjs: nest.js
nextjs: next.js
node: nodejs node.js
numpy: np
oauth: oauth2
pandas: pd
postgresql: postgres psql pg
powershell: pwsh
python: py python3
react: reactjs react.js
rust: rustlang
tailwind: tailwindcss
tensorflow: tf
typescript: ts
vue: vuejs vue.js
windows: win win10 win11
`;
