// What it is for.

model untidy {  // a name
  const dim = 8, half = dim / 2  // c
  const quite_a_long_name_for_a_number = 1000, another_long_name_for_a_number = 2000, the_last = 3,
      d = 4

  // numbers
  dtype f16 accumulate f32
  weight w: [dim, dim]
  weight scale: [dim]
  cache  rows: [16, dim]

  // what is repeated
  // (twice)
  layer block(x: [seq, dim]) -> [seq, dim] {
    weight up: [dim, half]  // narrow
    cache  keys: [16, half]

    y = x @ up + silu(x @ up) * -0.5 - (((y)))
    z = attention(
      quite_a_long_name_for_a_number,
      another_long_name_for_a_number,
      the_last,
      causal = true
    )
    sum = quite_a_long_name_for_a_number @ another_long_name_for_a_number @ something
        + something_else  // why
    u = f(
      a,  // first
      b
    )
        + 2
    v =  // below
        1
    return y
    // last words
  }  // block

  f(x: [seq, dim], a_weight_with_a_name: [dim, 4 * dim], another: [4 * dim, dim]) -> [seq, dim] {
    return -x
  }

  f() -> [] index {}

  forward(x: [seq, dim]) -> [seq, dim] {  // what it does
    return table[position]
  }

  decode  = forward  // d
  prefill = greedy(forward)

  train = minimize(cross_entropy(forward), adam(lr = 1e-3))

  names { a = "b" }

  names {
    a            = "b"[:, 0 : 4]
    block.longer = transpose("q.{}")
    // apart
    c = reshape("c", [2, dim])
  }
}  // end
// eof
