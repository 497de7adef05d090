/** Words that carry no meaning of their own in a question. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these those my your our his her their its i you we he she they me us him them it myself
yourself is are was were be been being am do does did doing done having have had will would shall can could may
might must should and of there here so also but both though how however while whilst just really actually
basically very quite rather pretty too well maybe perhaps possibly kindly please thanks thank ok okay hi hello
hey lol btw fyi imo eg ie some who whom whose what when if whether such way thing stuff one ones which given certain
specific particular respective various following desired 's 're 've 'll 'd m re ve ll d s t trying try want
need wanna gonna know let lets able possible question answer asap currently already`.split(/\s+/),
);
