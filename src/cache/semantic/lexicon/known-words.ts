/** Words that no other table has but that neither lose an ending nor are typing errors. */
export const KNOWN_WORDS = `table filename webpage service purpose image type line file page name node value state range edge
case base phase clause instance response message language cache queue release resource interface template namespace
closure database source module schema route cookie code mode note site size role rule scale scope slice space store
structure style suite theme trace tree tuple wildcard angular sklearn githubactions square specific inplace multiple
configure deploy overwrite tracked split concatenate install receive throw resolve undo login transform clear
authenticate variable application hashmap factorial combine append crash listen kill remaining rename scroll shuffle
count nested timeout speedup own dedupe hide toggle visible`;
/** Long words that are often mistyped. */
export const OFTEN_MISTYPED = `between difference explain implement connect database function without example algorithm
recursion directory exception because through python string integer number library request response remove whether
write program element second column convert authentication`;
