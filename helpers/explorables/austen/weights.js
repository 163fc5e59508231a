// What a model has learned, from a safetensors file: 8 bytes say how long its header
// is, the header says where each tensor lies, and the rest is numbers.
export function readWeights(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(new Uint8Array(buffer, 8, size));
  const { __metadata__, ...tensors } = JSON.parse(text);
  const weights = {};
  for (const [name, { dtype, data_offsets }] of Object.entries(tensors)) {
    if (dtype !== "F16") throw new Error(`${name} is ${dtype}; it must be F16`);
    const [begin, end] = data_offsets.map((offset) => 8 + size + offset);
    const halves = new Uint16Array(buffer.slice(begin, end));
    weights[name] = Float32Array.from(halves, fromHalf);
  }
  return weights;
}

// 16 bits: a sign, 5 for a power of two, and 10 for the number that it multiplies.
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * 2 ** -14 * fraction; // near 0 they lie evenly
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}
