/** A rough tokenizer: a token is a word with the white space before it, at most twelve characters. */

const token = /\s*\S{1,12}|\s+$/gu;

/** Splits text into tokens; joined together they are the text again. */
export function splitTokens(text: string): string[] {
  return text.match(token) ?? [];
}

/** How many tokens a text has by that measure. */
export function countTokens(text: string): number {
  return splitTokens(text).length;
}

/** Groups tokens into the pieces a stream sends. Two a piece is about the size real streams have. */
export function streamPieces(text: string, tokensPerPiece = 2): string[] {
  const tokens = splitTokens(text);
  const pieces: string[] = [];
  for (let start = 0; start < tokens.length; start += tokensPerPiece) {
    pieces.push(tokens.slice(start, start + tokensPerPiece).join(''));
  }
  return pieces;
}

/** Cuts text into runs of `size` characters, for streamed tool arguments. */
export function characterPieces(text: string, size: number): string[] {
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < characters.length; start += size) {
    pieces.push(characters.slice(start, start + size).join(''));
  }
  return pieces;
}
