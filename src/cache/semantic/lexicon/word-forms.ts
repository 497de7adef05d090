/** Nouns and adverbs that say the same as their verb or adjective in a question about code. */
export const WORD_FORMS = `
abstract: abstraction
allocate: allocation
alphabetical: alphabetically
annotate: annotation
asynchronous: asynchronously
automatic: automatically
cache: caching
calculate: calculation
compile: compilation
compress: compression
compute: computation
concatenate: concatenation
concurrent: concurrently
connect: connection
convert: conversion converter
correct: correctly
create: creation
debounce: debouncing
debug: debugging
decode: decoding
decompress: decompression
decrypt: decryption
define: declaration
delete: deletion
deserialize: deserialization
duplicate: duplicated duplication
dynamic: dynamically
each: every
easy: easily
efficient: efficiently
encapsulate: encapsulation
encode: encoding
encrypt: encryption
extract: extraction
filter: filtering
flatten: flattening
format: formatting
generate: generation
global: globally
handle: handling
horizontal: horizontally
immediate: immediately instantly
immutable: immutability
implement: implementation
individual: individually
inherit: inheritance
initialize: initialization
inject: injection
insert: insertion
install: installation
invoke: invocation
iterate: iteration
local: locally
log: logging
lose: losing lost
manual: manually
map: mapping
memoize: memoization
merge: merging
migrate: migration
mock: mocking
modify: modification
monitor: monitoring
multiply: multiplication
mutable: mutability
normalize: normalization
numeric: numerical numerically
optimize: optimization
overload: overloading
override: overriding
paginate: pagination
parse: parsing
permanent: permanently
polymorphic: polymorphism
programmatic: programmatically
proper: properly
quick: quickly
random: randomly
recursive: recursively recursion
refactor: refactoring
remote: remotely
remove: removal
render: rendering
replace: replacement substitution
reverse: reversal
rotate: rotation
safe: safely
schedule: scheduling
scrape: scraping
secure: securely
sequential: sequentially
serialize: serialization
simple: simply
slow: slowly
sort: sorting
static: statically
submit: submission
subscribe: subscription
subtract: subtraction
swap: swapping
synchronize: synchronization
synchronous: synchronously
test: testing
throttle: throttling
tokenize: tokenization
transform: transformation
traverse: traversal
truncate: truncation
unique: uniqueness
upgrade: upgrading
use: usage
validate: validation validator
value: val
vertical: vertically
visualize: visualization
`;
