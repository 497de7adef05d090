/** Phrases of which a part would otherwise be read as something else; the notation is that of ../phrase-notation.ts. */
export const FIRST_PHRASES = `
hello [,] world => helloworld
{if|case|switch|try|with|like|having|where|in|exists|between|using|for|while|until|as|is|on|not} (statement|statements|clause|clauses|operator|operators|keyword|keywords|condition|conditions|expression|expressions|construct|constructs) => $1clause
do while (statement|loop|clause) => whileclause
(join|joins|joining) / [two|2|multiple|several|these] strings => concatenate
[some|any|each|every] one of => oneof
date (and|&) time => datetime
date time => datetime
one to many => onetomany
many to many => manytomany
many to one => manytoone
one to one => onetoone
greatest common (divisor|factor|denominator) => gcd
highest common factor => gcd
(least|lowest|smallest) common multiple => lcm
[of|to|with] each other =>
e mail (address|addresses) => email
{email|ip} (address|addresses) => $1
e (mail|mails) => email
one by one => iterate
`;
