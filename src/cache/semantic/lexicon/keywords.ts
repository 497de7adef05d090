/** Words of programming languages: in quotes they are meant as such, though they may be English words, too. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `static final finally volatile const let var async await yield lambda self super abstract virtual override
extends implements interface import export default switch case break continue return try catch throw throws
typeof instanceof void null nil none undefined true false int char float double bool struct enum union class
public private protected internal extern register goto sizeof typedef namespace template friend inline
explicit mutable operator where select join group having order distinct`.split(/\s+/),
);
