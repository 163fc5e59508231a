// Byte-level byte pairs: from a text to ids and back, as tokenizer.json says.

// A text is cut into words first, each with the space before it. No pair is merged
// across them.
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

// The file writes each byte as a character that can be seen. Those that can't be seen
// get others, from number 256 on.
const isSeen = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
const LETTERS = [];
for (let byte = 0, next = 256; byte < 256; byte++) {
  LETTERS.push(String.fromCharCode(isSeen(byte) ? byte : next++));
}
const BYTES = new Map(LETTERS.map((letter, byte) => [letter, byte]));

export class Tokenizer {
  constructor({ model: { vocab, merges } }) {
    this.ids = new Map(Object.entries(vocab));
    this.pieces = [];
    for (const [piece, id] of this.ids) this.pieces[id] = piece;
    this.ranks = new Map(merges.map((pair, rank) => [pair.join(" "), rank]));
  }

  encode(text) {
    return (text.match(WORDS) ?? []).flatMap((word) => this.#merged(word));
  }

  // Merges the pair that was learned first, again and again, until no pair is known.
  #merged(word) {
    const bytes = new TextEncoder().encode(word);
    const pieces = Array.from(bytes, (byte) => LETTERS[byte]);
    for (;;) {
      let [best, at] = [Infinity, -1];
      for (let i = 0; i + 1 < pieces.length; i++) {
        const rank = this.ranks.get(`${pieces[i]} ${pieces[i + 1]}`) ?? Infinity;
        if (rank < best) [best, at] = [rank, i];
      }
      if (at < 0) return pieces.map((piece) => this.ids.get(piece));
      pieces.splice(at, 2, pieces[at] + pieces[at + 1]);
    }
  }

  // A token may be a part of a character only, so bytes are joined first.
  decode(ids) {
    const letters = ids.flatMap((id) => [...this.pieces[id]]);
    const bytes = Uint8Array.from(letters, (letter) => BYTES.get(letter));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }
}
