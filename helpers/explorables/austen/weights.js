// Reads what a model has learned from the file that PyTorch's world keeps it in.

// A safetensors file: 8 bytes that say how long its header is, the header, a JSON text that says
// where the numbers of each tensor lie, and then nothing but numbers.
export function readWeights(buffer) {
  const size = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, size)));
  const weights = {};
  for (const [name, { dtype, data_offsets: [begin, end] }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (dtype !== "F16") throw new Error(`${name} is ${dtype}; only F16 can be read here`);
    const halves = new Uint16Array(buffer.slice(8 + size + begin, 8 + size + end));
    weights[name] = Float32Array.from(halves, fromHalf);
  }
  return weights;
}

// Half precision is 16 bits: a sign, 5 of a power of two, 10 of what is multiplied by it.
function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}
