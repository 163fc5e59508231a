// The whole model: a decoder of Llama's kind that has read the six novels of Jane Austen. It reads
// the files in models/austen as they are. Its names are those of the course's Python: `n` tokens,
// for each a vector of `d_model` numbers, and weights called as in `reference/block.py`.

// W x, for a W of as many rows as the result has numbers. All that is learned, but for the norms,
// acts in this way, and nearly all of the time is spent here.
function linear(W, x) {
  const y = new Float32Array(W.length / x.length);
  for (let i = 0, at = 0; i < y.length; i++) {
    let sum = 0;
    for (let j = 0; j < x.length; j++) sum += W[at++] * x[j];
    y[i] = sum;
  }
  return y;
}

const add = (x, y) => x.map((number, i) => number + y[i]);

// Brings a vector to a length that doesn't depend on what came before: its mean square becomes 1.
function rmsNorm(x, weight, eps = 1e-6) {
  const meanSquare = x.reduce((sum, number) => sum + number * number, 0) / x.length;
  return x.map((number, i) => (number / Math.sqrt(meanSquare + eps)) * weight[i]);
}

// RoPE: in each head, turns every pair of numbers by an angle that grows with the position, quickly
// for the first pair and slowly for the last. So q · k depends on how far apart two tokens are.
function rotate(x, position, d_head, base = 10000) {
  const y = new Float32Array(x.length);
  for (let i = 0; i < x.length; i += 2) {
    const angle = position * base ** (-(i % d_head) / d_head);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    y[i] = x[i] * cos - x[i + 1] * sin;
    y[i + 1] = x[i] * sin + x[i + 1] * cos;
  }
  return y;
}

// Positive numbers that sum to 1. The largest is subtracted first, so that exp can't overflow.
function softmax(scores) {
  const top = scores.reduce((a, b) => Math.max(a, b));
  const e = scores.map((score) => Math.exp(score - top));
  const total = e.reduce((a, b) => a + b);
  return e.map((number) => number / total);
}

// Each head compares its part of the query with its part of every key, and mixes the values. There
// is no mask: a position's cache holds only what stands before it, and itself.
function attend(q, { K, V }, { n_heads, n_kv_heads, d_head }) {
  const mixed = new Float32Array(q.length);
  for (let head = 0; head < n_heads; head++) {
    const mine = head * d_head; // where this head's numbers begin; several may share keys and values
    const shared = Math.floor(head / (n_heads / n_kv_heads)) * d_head;
    const scores = K.map((k) => {
      let dot = 0;
      for (let i = 0; i < d_head; i++) dot += q[mine + i] * k[shared + i];
      return dot / Math.sqrt(d_head);
    });
    softmax(scores).forEach((weight, j) => {
      for (let i = 0; i < d_head; i++) mixed[mine + i] += weight * V[j][shared + i];
    });
  }
  return mixed;
}

// Up to d_ff numbers and down again, the same at every position. The gate says how much of each of
// the d_ff passes.
function swiGLU(x, W_gate, W_up, W_down) {
  const up = linear(W_up, x);
  const gated = linear(W_gate, x).map((z, i) => (z / (1 + Math.exp(-z))) * up[i]);
  return linear(W_down, gated);
}

export class DecoderLM {
  constructor(config, weights) {
    const { d_model, n_heads } = config;
    const n_kv_heads = config.n_kv_heads ?? n_heads;
    this.config = { ...config, n_kv_heads, d_head: config.d_head ?? d_model / n_heads };
    this.weights = weights;
  }

  // For each layer the keys and values of the tokens that it has seen.
  newCaches() {
    return Array.from({ length: this.config.n_layers }, () => ({ K: [], V: [] }));
  }

  // The logits behind each of the tokens. With caches, `tokens` are those that come after the ones
  // that the caches have seen, and are added to them: so a new token costs one pass of one token.
  forward(tokens, caches = this.newCaches()) {
    const { d_model, tied_embeddings } = this.config;
    const embedding = this.weights["embedding.weight"];
    const output = tied_embeddings ? embedding : this.weights["output.weight"];
    let x = tokens.map((id) => embedding.slice(id * d_model, (id + 1) * d_model));
    caches.forEach((cache, layer) => (x = x.map((row) => this.block(row, layer, cache))));
    return x.map((row) => linear(output, rmsNorm(row, this.weights["norm.weight"])));
  }

  // What a layer makes of the next position: it adds to x what attention has fetched from the
  // positions before, and then what the feed-forward part makes of that.
  block(x, layer, cache) {
    const W = (name) => this.weights[`blocks.${layer}.${name}.weight`];
    const { d_head } = this.config;
    const position = cache.K.length;
    const normed = rmsNorm(x, W("attention_norm"));
    cache.K.push(rotate(linear(W("attention.W_k"), normed), position, d_head));
    cache.V.push(linear(W("attention.W_v"), normed));
    const q = rotate(linear(W("attention.W_q"), normed), position, d_head);
    x = add(x, linear(W("attention.W_o"), attend(q, cache, this.config)));
    const [gate, up, down] = ["W_gate", "W_up", "W_down"].map((name) => W(`feed_forward.${name}`));
    return add(x, swiGLU(rmsNorm(x, W("feed_forward_norm")), gate, up, down));
  }
}
