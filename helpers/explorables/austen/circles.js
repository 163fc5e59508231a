// Where a text goes in circles: words in a row that stood in it before.

export const RUN = 4;

// Of each word of a text where it begins and ends, and whether it is in a run that stood before.
export function circles(text) {
  const words = [...text.matchAll(/\p{L}+(?:['’]\p{L}+)*/gu)].map(({ 0: word, index: from }) => ({
    word: word.toLowerCase(),
    from,
    to: from + word.length,
  }));
  const known = new Set();
  for (let i = 0; i + RUN <= words.length; i++) {
    const run = words.slice(i, i + RUN);
    const said = run.map(({ word }) => word).join(" ");
    if (known.has(said)) for (const it of run) it.again = true;
    known.add(said);
  }
  return words;
}
