// A byte-level GPT-2-style decoder that knows one short text by heart: learned positions, LayerNorm, GELU,
// biases, one matrix for queries, keys and values, and a head that is the embedding again.
model gpt2 {
  const vocab = 256, dim = 48, layers = 2, heads = 4, ffn = 4 * dim, context = 128
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight ln1: [dim], ln1_bias: [dim], ln2: [dim], ln2_bias: [dim]
    weight attn: [dim, 3 * dim], attn_bias: [3 * dim], proj: [dim, dim], proj_bias: [dim]
    weight up: [dim, ffn], up_bias: [ffn], down: [ffn, dim], down_bias: [dim]
    cache  keys: [context, heads, head_dim], values: [context, heads, head_dim]

    qkv = layernorm(x, ln1, ln1_bias, eps = 1e-5) @ attn + attn_bias
    q = reshape(slice(qkv, 0, dim), [seq, heads, head_dim])
    k = append(keys, reshape(slice(qkv, dim, 2 * dim), [seq, heads, head_dim]))
    v = append(values, reshape(slice(qkv, 2 * dim, 3 * dim), [seq, heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ proj + proj_bias
    n = layernorm(y, ln2, ln2_bias, eps = 1e-5)
    return y + gelu(n @ up + up_bias) @ down + down_bias
  }

  weight wte: [vocab, dim], wpe: [context, dim], ln: [dim], ln_bias: [dim]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = wte[tokens] + wpe[position]
    x = repeat(layers, block, x)
    return layernorm(x, ln, ln_bias, eps = 1e-5) @ transpose(wte)
  }

  decode = greedy(forward)
}
