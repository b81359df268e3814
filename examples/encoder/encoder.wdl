// A byte-level encoder, BERT-like, that restores the letters of a text it knows: '_' stands for a lost one.
model encoder {
  const vocab = 128, dim = 48, layers = 2, heads = 4, ffn = 128, window = 32
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm1: [dim], shift1: [dim], norm2: [dim], shift2: [dim]
    weight wq: [dim, dim], bq: [dim], wk: [dim, dim], bk: [dim], wv: [dim, dim], bv: [dim]
    weight wo: [dim, dim], bo: [dim], up: [dim, ffn], bu: [ffn], down: [ffn, dim], bd: [dim]

    h = layernorm(x, norm1, shift1, eps = 1e-5)
    q = reshape(h @ wq + bq, [seq, heads, head_dim])
    k = reshape(h @ wk + bk, [seq, heads, head_dim])
    v = reshape(h @ wv + bv, [seq, heads, head_dim])
    a = attention(q, k, v, causal = false)
    y = x + reshape(a, [seq, dim]) @ wo + bo
    n = layernorm(y, norm2, shift2, eps = 1e-5)
    return y + gelu(n @ up + bu) @ down + bd
  }

  weight embed: [vocab, dim], places: [window, dim]
  weight norm: [dim], shift: [dim], head: [dim, vocab], bias: [vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens] + places[position]
    x = repeat(layers, block, x)
    return layernorm(x, norm, shift, eps = 1e-5) @ head + bias
  }

  encode = greedy(forward)
}
