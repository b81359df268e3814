// A byte-level Llama-style decoder that knows one short tale by heart.
model tale {
  const vocab = 256, dim = 64, layers = 3, heads = 4, kv_heads = 2, ffn = 176, context = 256
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm1: [dim], norm2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim]
    weight wv: [dim, kv_heads * head_dim], wo: [heads * head_dim, dim]
    weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
    cache  keys: [context, kv_heads, head_dim], values: [context, kv_heads, head_dim]

    h = rmsnorm(x, norm1, eps = 1e-5)
    q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 10000.0)
    k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 10000.0))
    v = append(values, reshape(h @ wv, [seq, kv_heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ wo
    n = rmsnorm(y, norm2, eps = 1e-5)
    return y + (silu(n @ gate) * (n @ up)) @ down
  }

  weight embed: [vocab, dim], norm: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm, eps = 1e-5) @ head
  }

  decode = greedy(forward)
}
