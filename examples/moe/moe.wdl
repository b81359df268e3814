// A byte-level Mixtral-style decoder that knows one short text by heart: two of six experts work on each byte.
model moe {
  const vocab = 256, dim = 48, layers = 2, heads = 4, kv_heads = 2, context = 128
  const experts = 6, chosen = 2, ffn = 48
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer expert(x: [seq, dim]) -> [seq, dim] {
    weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
    return (silu(x @ gate) * (x @ up)) @ down
  }

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm1: [dim], norm2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim]
    weight wv: [dim, kv_heads * head_dim], wo: [heads * head_dim, dim]
    weight router: [dim, experts]
    cache  keys: [context, kv_heads, head_dim], values: [context, kv_heads, head_dim]

    h = rmsnorm(x, norm1, eps = 1e-5)
    q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 10000.0)
    k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 10000.0))
    v = append(values, reshape(h @ wv, [seq, kv_heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ wo
    n = rmsnorm(y, norm2, eps = 1e-5)
    return y + mixture(experts, expert, n, n @ router, k = chosen)
  }

  weight embed: [vocab, dim], norm: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm, eps = 1e-5) @ head
  }

  decode = greedy(forward)
}
