/** What the first word says already: the others may then be left out ("python pandas" is "pandas"). */
export const IMPLIED = `
extension: file filename
javascript: webpage browser
css: webpage
html: webpage
nginx: service
apache: service
port: listen run
mobile: device
capitalize: string letter
docker: container image
L:forEach: iterate
cron: schedule job run expression crontab
sql: query database
mysql: sql database query
postgresql: sql database query
sqlite: sql database query
oracle: sql database query
mssql: sql database query
mongodb: database query
rest: api
graphql: api query
http: request
get-request: http
csv: file
json: file
xml: file
yaml: file
pdf: file
excel: file spreadsheet
dockerfile: docker file
git: repository
github: repository git
dockercompose: docker
kubernetes: cluster
helm: kubernetes
regex: pattern expression
linux: command terminal shell
bash: command shell terminal linux
powershell: command
npm: package command node javascript
pip: package command python
yarn: package command
pandas: python dataframe
numpy: python
django: python project
flask: python
fastapi: python
pytest: python test
sklearn: python
tensorflow: python
pytorch: python
matplotlib: python plot
seaborn: python plot
keras: python
sqlalchemy: python
scrapy: python
beautifulsoup: python
celery: python
pydantic: python
jupyter: python
react: javascript
vue: javascript
angular: typescript javascript
svelte: javascript
node: javascript
express: javascript node
nextjs: javascript react
jquery: javascript
jest: javascript test
mocha: javascript test
vitest: javascript test
axios: javascript
lodash: javascript
redux: javascript react
webpack: javascript
dom: javascript
localstorage: javascript
rails: ruby
rspec: ruby test
laravel: php
symfony: php
wordpress: php
spring: java
springboot: java spring
hibernate: java
junit: java test
maven: java
gradle: java
tailwind: css
bootstrap: css
flexbox: css
cargo: rust
tokio: rust
swiftui: swift
jetpack: kotlin
entityframework: c#
linq: c#
blazor: c#
unity: c#
promise: javascript
goroutine: go
decorator-py: python
useeffect: react
usestate: react
L:useEffect: react javascript hook
L:useState: react javascript hook
jwt: token
uuid: string
prime: number
palindrome: string
anagram: string
factorial: number
fibonacci: number sequence
intersection: common
trim: whitespace
bigo: complexity
mutex: lock
segfault: error
nullpointer: exception error
`;
