// A plain multilayer perceptron that tells which digit an 8 x 8 picture shows.
model mlp {
  const inputs = 64, hidden = 48, classes = 10
  dtype f16 accumulate f32

  weight w1: [inputs, hidden], b1: [hidden]
  weight w2: [hidden, hidden], b2: [hidden]
  weight w3: [hidden, classes], b3: [classes]

  forward(x: [seq, inputs]) -> [seq, classes] {
    h = relu(x @ w1 + b1)
    g = relu(h @ w2 + b2)
    return g @ w3 + b3
  }

  decode = greedy(forward)
}
