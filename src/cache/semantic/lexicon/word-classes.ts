/** Small classes of words that the rules of ../reader.ts and ../optional.ts speak of. */
const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** What is asked for when a question says "write a …". */
export const ARTEFACTS =
  set(`gui algorithm function method script program code snippet class component endpoint query regex
unittest test api route server client app application middleware hook decorator example template page form module
package library cli bot stylesheet macro trigger job pipeline workflow dockerfile makefile config`);
/** Say nothing as the first verb, for "get", "print" and "find" are then the same; later they are a step of their own. */
export const HEAD_VERBS = set(
  'access retrieve extract select get find fetch return compute obtain determine take show give provide',
);
/** "Write a function", "implement a class". */
export const MAKING_VERBS = set('write implement develop code program give');
/** What one does with such a thing anyway, if it is the only verb: it may be missing where there is none. */
export const DEFAULT_VERBS = set('create add set use handle convert write');
/** Tools in which a property is there to be set. */
export const STYLING = set('css scss sass less html tailwind bootstrap');
/** Things that carry a name of one letter: "list a". */
export const NAMED_THINGS =
  set(`list array table column branch file string class set map variable matrix vector node point line
process server host user dataframe component object function thread module service row tuple dict dictionary lists
arrays tables columns branches files strings sets maps variables vectors nodes points lines servers users dicts`);
/** After these, "to" names an aim that may be a noun: "convert a string to list". */
export const CONVERTING =
  set(`convert converts converting conversion from cast map transform export import change translate
merge move copy migrate migrating go going send add append push assign bind connect redirect write save rename
upgrade downgrade switch switching join attach link compare set pass post upload deploy apply parse serialize casting
turn to`);

/** Things of programming whose names are verbs, too: "list", "map", "sort order". */
export const NOUNS_LIKE_VERBS =
  set(`list map string index group order format filter object file array set hash stream log
process query post host document archive tag point table script style reference view text type route server client
test port cache branch commit link lock class struct`);

/** Where output goes: "write … to a file" is something a program does, and no order to write code. */
export const DESTINATIONS =
  set(`file files disk csv json database databases excel log logs stdout stream streams socket
sockets xml pdf buffer buffers`);
/** What stands before a verb. */
export const BEFORE_VERB =
  set(`| , to howto i you we they it and or then not that which who can will should must please also why
would could does do did just function method program script whatdoes`);
/** Words by which "number", "value", "element" are only named once more: "the maximum (element)". */
export const DETERMINERS = set(
  'maximum minimum first last second third each all every unique distinct random duplicate prime even odd nth environment N:1 N:2 N:3',
);
/** Optional where something is made, the subject where something is explained. */
export const NOUNS_TO_EXPLAIN = set(
  'function method script program code number value element error variable language example problem',
);

/** Beside one of these "select" is a word of SQL; elsewhere it is a choice. */
export const SQL_NAMES = set('sql mysql postgres postgresql sqlite oracle mssql mariadb');

/** With one of these, "install" and "uninstall" speak of packages. */
export const PACKAGE_MANAGERS = set('npm pip yarn pnpm conda brew apt package packages');

/** What "strip" and "trim" remove, where they do not mean white space. */
export const CHARACTER_SETS =
  set(`character characters char chars tag tags html comment comments punctuation number numbers
digit digits quote quotes comma commas`);
