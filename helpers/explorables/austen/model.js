// A decoder of Llama's kind, for the weights in helpers/models/austen. Names are those of
// the course: a token is a vector of d_model numbers, W_q gives queries, K and V
// are what is kept of the tokens so far. A vector is a Float32Array, and a matrix
// is one too, row by row.

// W x: each row of W gives one number. Nearly all of the time is spent here.
function linear(W, x) {
  const y = new Float32Array(W.length / x.length);
  for (let i = 0, at = 0; i < y.length; i++) {
    let sum = 0;
    for (let j = 0; j < x.length; j++) sum += W[at++] * x[j];
    y[i] = sum;
  }
  return y;
}

// The residual connection: a layer adds to what is there, so that nothing gets lost.
const add = (x, y) => x.map((number, i) => number + y[i]);

// Brings the mean square of a vector to 1, whatever it was before.
function rmsNorm(x, weight, eps = 1e-6) {
  const meanSquare = x.reduce((sum, number) => sum + number * number, 0) / x.length;
  const scale = 1 / Math.sqrt(meanSquare + eps);
  return x.map((number, i) => number * scale * weight[i]);
}

// RoPE: in each head, turns pairs of numbers by angles that grow with the position,
// so that q · k depends on how far apart two tokens are.
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

// Positive numbers that sum to 1. The largest is subtracted, else exp could overflow.
function softmax(scores) {
  const top = scores.reduce((a, b) => Math.max(a, b));
  const e = scores.map((score) => Math.exp(score - top));
  const total = e.reduce((a, b) => a + b);
  return e.map((number) => number / total);
}

// Makes a query, a key and a value of x, and keeps the last two. Each head compares
// its part of the query with its part of every key. The better a key fits, the more
// of its value goes into the mixture.
function attention(x, W, { K, V }, { n_heads, n_kv_heads, d_head }) {
  const position = K.length;
  const q = rotate(linear(W("attention.W_q"), x), position, d_head);
  K.push(rotate(linear(W("attention.W_k"), x), position, d_head));
  V.push(linear(W("attention.W_v"), x));

  const mixed = new Float32Array(q.length);
  for (let head = 0; head < n_heads; head++) {
    // Where this head's numbers begin; several heads may share keys and values.
    const at = head * d_head;
    const shared = Math.floor(head / (n_heads / n_kv_heads)) * d_head;

    // No mask: K holds the positions up to this one, and none that comes later.
    const scores = K.map((k) => {
      let dot = 0;
      for (let i = 0; i < d_head; i++) dot += q[at + i] * k[shared + i];
      return dot / Math.sqrt(d_head);
    });
    softmax(scores).forEach((weight, j) => {
      for (let i = 0; i < d_head; i++) mixed[at + i] += weight * V[j][shared + i];
    });
  }
  return linear(W("attention.W_o"), mixed);
}

const silu = (z) => z / (1 + Math.exp(-z));

// Up to d_ff numbers and down again. The gate says how much of each one passes.
function swiGLU(x, W) {
  const up = linear(W("feed_forward.W_up"), x);
  const gate = linear(W("feed_forward.W_gate"), x).map(silu);
  return linear(W("feed_forward.W_down"), gate.map((open, i) => open * up[i]));
}

// From ids to logits: embedding, layers, a last norm, and the output layer.
// Softmax makes probabilities of logits; that is left to whoever draws a token.
export class DecoderLM {
  constructor(config, weights) {
    const n_kv_heads = config.n_kv_heads ?? config.n_heads;
    const d_head = config.d_head ?? config.d_model / config.n_heads;
    this.config = { ...config, n_kv_heads, d_head };
    this.weights = weights;
  }

  // For each layer the keys and values of the tokens that it has seen: none yet.
  newCaches() {
    return Array.from({ length: this.config.n_layers }, () => ({ K: [], V: [] }));
  }

  // The logits behind each token. With caches, `tokens` are only the new ones.
  forward(tokens, caches = this.newCaches()) {
    const { d_model, tied_embeddings } = this.config;
    const embedding = this.weights["embedding.weight"];
    const output = tied_embeddings ? embedding : this.weights["output.weight"];
    return tokens.map((id) => {
      let x = embedding.slice(id * d_model, (id + 1) * d_model);
      for (const [layer, cache] of caches.entries()) x = this.block(layer, x, cache);
      return linear(output, rmsNorm(x, this.weights["norm.weight"]));
    });
  }

  // A layer adds what attention fetches from the positions so far, and then what the
  // feed-forward part makes of the sum.
  block(layer, x, cache) {
    const W = (name) => this.weights[`blocks.${layer}.${name}.weight`];
    const normed = rmsNorm(x, W("attention_norm"));
    x = add(x, attention(normed, W, cache, this.config));
    return add(x, swiGLU(rmsNorm(x, W("feed_forward_norm")), W));
  }
}
