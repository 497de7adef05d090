/** Words near enough to each other where something is to be done. In questions about words ("function or method?") they stay apart. */
export const NEAR_SYNONYMS = `
allow: permit
alphabetical: lexicographical lexicographically
argument: parameter
ascending: increasing
average: mean
big: large huge
calculate: compute
character: letter
check: detect checker
code: snippet
compress: zip gzip
copy: clone
create: make construct generate build produce instantiate
current: now
decimal: float floating
decompress: unzip
decrease: decrement lower shrink
delete: remove erase
descending: decreasing
directory: folder
disable: deactivate
duplicate: repeated repeating
element: item entry member
empty: blank
enable: activate
endpoint: route
error: exception
example: sample demo demonstration illustration
find: locate
gcd: hcf
guide: tutorial
handle: catch
identical: same equal equality equals
immediate: instantly promptly
include: contain have has exist
increase: increment raise grow
iterate: traverse loop
keep: preserve retain maintain
last: final
latest: newest recent
mandatory: required
matrix: 2d-array
maximum: largest biggest highest greatest maximal
memory: ram
merge: combine
commandline: terminal
reload: refresh
method: function procedure subroutine
minimum: smallest lowest minimal
modify: change alter edit
optimize: improve
palindrome: palindromic
parallel: concurrent simultaneous simultaneously
picture: image photo
popup: modal dialog
prevent: avoid
problem: trouble issue
quick: fast rapid rapidly
replace: substitute
rest: restful
restart: reboot
reverse: flip
row: record
run: execute
safe: secure security
send: transmit
setup: configure
show: display output print echo
simple: easy plain
sleep: wait pause delay
small: tiny little
ssl: tls
start: launch begin startup beginning
stop: terminate halt abort exit quit cancel
strip: trim
swap: exchange interchange
unique: distinct
url: link uri hyperlink
website: site
`;
