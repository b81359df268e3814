// Llama 3 8B: the published dimensions, and the names that its published weights file uses.
model llama3_8b {
  const vocab = 128256, dim = 4096, layers = 32, heads = 32, kv_heads = 8, ffn = 14336,
      context = 4096
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm1: [dim], norm2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim]
    weight wv: [dim, kv_heads * head_dim], wo: [heads * head_dim, dim]
    weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
    cache  keys: [context, kv_heads, head_dim], values: [context, kv_heads, head_dim]

    h = rmsnorm(x, norm1, eps = 1e-5)
    q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 500000.0)
    k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 500000.0))
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

  names {
    embed       = "model.embed_tokens.weight"
    norm        = "model.norm.weight"
    head        = transpose("lm_head.weight")
    block.norm1 = "model.layers.{}.input_layernorm.weight"
    block.norm2 = "model.layers.{}.post_attention_layernorm.weight"
    block.wq    = transpose("model.layers.{}.self_attn.q_proj.weight")
    block.wk    = transpose("model.layers.{}.self_attn.k_proj.weight")
    block.wv    = transpose("model.layers.{}.self_attn.v_proj.weight")
    block.wo    = transpose("model.layers.{}.self_attn.o_proj.weight")
    block.gate  = transpose("model.layers.{}.mlp.gate_proj.weight")
    block.up    = transpose("model.layers.{}.mlp.up_proj.weight")
    block.down  = transpose("model.layers.{}.mlp.down_proj.weight")
  }
}
