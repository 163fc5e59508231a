// From logits to the next token.

// Shares of chance, among the top_k likeliest tokens. A low temperature gives more to
// the likeliest ones, and at 0 the likeliest gets all.
export function probabilities(logits, temperature = 1, top_k = logits.length) {
  const ranked = logits.slice().sort(); // from the smallest up
  const [best, least] = [ranked.at(-1), ranked.at(-top_k)];
  const likeliest = logits.indexOf(best);
  if (temperature === 0) return logits.map((_, id) => Number(id === likeliest));
  const e = logits.map((z) => (z < least ? 0 : Math.exp((z - best) / temperature)));
  const total = e.reduce((a, b) => a + b);
  return e.map((number) => number / total);
}

// Walks along the shares until a random number between 0 and 1 is used up.
export function sample(shares, random) {
  let left = random();
  const found = shares.findIndex((share) => (left -= share) < 0);
  if (found >= 0) return found;
  return shares.indexOf(Math.max(...shares)); // rounding has left a rest
}

// Random numbers, the same ones for the same seed (Tommy Ettinger's mulberry32).
export function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
