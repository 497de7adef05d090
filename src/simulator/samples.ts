/** Hello world in the languages people ask for, and how a prompt names them. */

/** A programming language, as far as "hello world" goes. */
export interface Language {
  name: string;
  /** The tag after the code fence. */
  fence: string;
  /** How the language is recognised in a prompt. */
  pattern: RegExp;
  helloWorld: string;
  comment: string;
}

const language = (
  name: string,
  fence: string,
  pattern: RegExp,
  helloWorld: string,
  comment = '//',
): Language => ({
  name,
  fence,
  pattern,
  helloWorld,
  comment,
});

/** Order matters: the first pattern found wins, so longer names come first. */
export const languages: readonly Language[] = [
  language('TypeScript', 'typescript', /\b(typescript|ts)\b/i, "console.log('Hello, World!');"),
  language('JavaScript', 'javascript', /\b(javascript|js|node)\b/i, "console.log('Hello, World!');"),
  language('Rust', 'rust', /\brust\b/i, 'fn main() {\n    println!("Hello, World!");\n}'),
  language(
    'C#',
    'csharp',
    /c#|\bcsharp\b/i,
    'using System;\n\nclass Program\n{\n    static void Main() => Console.WriteLine("Hello, World!");\n}',
  ),
  language(
    'C++',
    'cpp',
    /c\+\+|\bcpp\b/i,
    '#include <iostream>\n\nint main() {\n    std::cout << "Hello, World!" << std::endl;\n    return 0;\n}',
  ),
  language(
    'Java',
    'java',
    /\bjava\b/i,
    'public class Main {\n    public static void main(String[] args) {\n        System.out.println("Hello, World!");\n    }\n}',
  ),
  language(
    'Go',
    'go',
    /\bgolang\b|\bgo\b/i,
    'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("Hello, World!")\n}',
  ),
  language('Ruby', 'ruby', /\bruby\b/i, "puts 'Hello, World!'", '#'),
  language('PHP', 'php', /\bphp\b/i, "<?php\necho 'Hello, World!' . PHP_EOL;"),
  language('Kotlin', 'kotlin', /\bkotlin\b/i, 'fun main() {\n    println("Hello, World!")\n}'),
  language('Swift', 'swift', /\bswift\b/i, 'print("Hello, World!")'),
  language('Haskell', 'haskell', /\bhaskell\b/i, 'main :: IO ()\nmain = putStrLn "Hello, World!"', '--'),
  language('SQL', 'sql', /\b(sql|postgres|sqlite)\b/i, "SELECT 'Hello, World!';", '--'),
  language('Bash', 'bash', /\b(bash|shell|sh)\b/i, 'echo "Hello, World!"', '#'),
  language(
    'C',
    'c',
    /\bc\b/i,
    '#include <stdio.h>\n\nint main(void) {\n    printf("Hello, World!\\n");\n    return 0;\n}',
  ),
  language('Python', 'python', /\bpython\b/i, 'print("Hello, World!")', '#'),
];

/** The language a prompt asks for; Python when it names none. */
export function languageOf(prompt: string): Language {
  return languageNamedIn(prompt) ?? languages.at(-1)!;
}

/** The first language, in the order of the list, that a prompt names. */
export function languageNamedIn(prompt: string): Language | undefined {
  return languages.find((candidate) => candidate.pattern.test(prompt));
}
