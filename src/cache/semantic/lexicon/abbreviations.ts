/** Abbreviations of programming, and plurals that no rule finds. */
export const ABBREVIATIONS = `
absolute: abs
address: addr
administrator: admin
allocate: alloc
application: app
approximately: approx
argument: arg
array: arr
asynchronous: async
attribute: attr
authentication: authn
authorization: authz
average: avg
background: bg
boolean: bool
buffer: buf
button: btn
calculate: calc
character: char chr
compare: comparison
concatenate: concat
configuration: config cfg conf
database: db
define: declare
destination: dest dst
development: dev
dictionary: dict
directory: dir
document: doc
documentation: docs
enumeration: enum
environment: env
error: err
execute: exec
expression: expr
fifth: 5th
first: 1st
fourth: 4th
function: func fn fun
gigabyte: gb
gray: grey
hour: hr hrs
image: img pic
index: idx indices indexes
information: info
initialize: init
integer: int
kilobyte: kb
length: len
library: lib
maximum: max
megabyte: mb
message: msg
millisecond: ms millis
minimum: min
minute: mins
multiply: mult
nanosecond: ns
number: num
object: obj
package: pkg
parameter: param
parenthesis: parentheses
password: passwd pwd
percent: percentage
pointer: ptr
position: pos
previous: prev
procedure: proc
production: prod
property: prop props properties
random: rand
reference: ref
regex: regexp
repository: repo
second-place: 2nd
second: sec secs
source: src
specification: spec
statement: stmt
string: str
structure: struct
synchronous: sync
temporary: temp tmp
third: 3rd
utility: util
variable: var
yaml: yml
`;
