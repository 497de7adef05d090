/** How much a word says about what is asked. */
const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Say all by themselves. */
export const CONCEPTS =
  set(`helloworld fizzbuzz mergesort quicksort heapsort bubblesort insertionsort selectionsort radixsort
binarysearch linearsearch bst bfs dfs linkedlist hashmap lru prime palindrome anagram factorial fibonacci dedupe
intersection regex unittest closure polymorphic recursive deadlock racecondition memoryleak nullpointer
stackoverflow segfault cwd uuid jwt debounce throttle`);
/** Half of nothing: a title of only such words has many questions under it. */
export const GENERIC = set(`problem error basic advanced simple many easy count sum insert pivot
case statement condition index date transform relationship search number format convert
check show field time column ifclause caseclause function method procedure subquery design complex
query row select data result file list array string object class page work use help question
way thing not group order join`);
