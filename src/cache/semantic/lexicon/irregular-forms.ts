/** Forms that the rules of ../lemma.ts would get wrong: the base, then its forms. */
export const IRREGULAR_FORMS = `
access: accesses
address: addresses
aggregate: aggregates
alias: aliases
analysis: analyses
attribute: attributes
axis: axes
base: bases
batch: batches
begin: began begun beginning
bind: bound
bite: bites
box: boxes
branch: branches
break: broke broken
bring: brought
browse: browses
build: built building
buy: bought
byte: bytes
cache: caches
case: cases
catch: caught
cause: caused
change: changes
child: children
choose: chooses chose chosen
class: classes
clause: clauses
close: closes
compress: compresses
crash: crashes
criterion: criteria
dash: dashes
database: databases
decrease: decreases
draw: drew drawn
edge: edges
exchange: exchanges
fetch: fetches
file: files
find: found
finish: finishes
fix: fixes
foot: feet
get: got gotten
give: gave
go: went gone goes
half: halves
hash: hashes
header: headers
hero: heroes
hide: hidden hid
house: houses
image: images
increase: increases
index: indices indexes
instance: instances
keep: kept
language: languages
leaf: leaves
line: lines
live: lives
lose: losing lost
make: made
man: men
match: matches
matrix: matrices
mean: meant
meet: met
merge: merges
message: messages
mouse: mice
mutex: mutexes
name: names
node: nodes
overwrite: overwriting overwritten overwrites
package: packages
page: pages
parse: parses
pass: passes
patch: patches
person: people
phrase: phrases
prefix: prefixes
process: processes
push: pushes
query: queries
queue: queues
raise: raises
range: ranges
regex: regexes
release: releases
render: rendered
response: responses
reverse: reverses reversed
route: routes
run: ran
search: searches
see: saw seen
send: sent
service: services
setting: settings
show: shown
sibling: siblings
size: sizes
slash: slashes
state: states
status: statuses
string: strings
suffix: suffixes
switch: switches
table: tables
take: took taken
teach: taught
tell: told
thing: things
think: thought
thread: threading
throw: threw thrown
time: times
traverse: traverses
type: types
understand: understood
use: uses used
value: values
vertex: vertices
warning: warnings
woman: women
work: working
write: wrote written writing
zero: zeros zeroes
`;
/** Look like a form of something else but are words of their own. */
export const NOT_INFLECTED = `
anything ascending based binding data decreasing definition deprecated descending does during embed ending
everything existing feed final finally floating following given has heading increasing is its king leading
left mapping meaning missing need nested networking nothing padding ping red ring routing seed setting shed
sibling something sorted speed split spring string thing this timing trailing typed unused using warning was
`;
/** End in s but are no plurals. */
export const SINGULAR_IN_S = `
access across address alias always ambiguous analysis anonymous as asynchronous atlas aws axis basis bfs
bias bios bus business bypass canvas chaos class compass compress continuous cors cross css dangerous
decompress dfs diagnosis dismiss dns does express focus fps gas glass gps grass has https hypothesis ios is
its jenkins js keras kms kubernetes kudos lens less loss macos mass minus miss multiprocess nevertheless
news nodejs numerous os pandas pass perhaps plus pos postgres press previous process progress pytorch radius
rails redis regardless sass scss series serverless sms species ss ssms stateless stats status subprocess
success synchronous synopsis sys thesis this tls ts unless us various versus vs vscode was windows wireless
yes
`;
