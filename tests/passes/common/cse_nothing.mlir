// RUN: cse

// Other attributes, other operands, a write in between: nothing is the same.
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %w: tensor<8xf16>):
  %0 = "nn.rmsnorm"(%x, %w) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  %1 = "nn.rmsnorm"(%x, %w) {eps = 1.0e-06 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  %2 = "nn.sub"(%0, %1) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %3 = "nn.sub"(%1, %0) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %4 = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %5 = "nn.append"(%2) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
  %6 = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %7 = "nn.append"(%3) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%2, %3, %4, %6) : (tensor<1x8xf16>, tensor<1x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<8xf16>) -> (tensor<1x8xf16>, tensor<1x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>), sym_name = "decode"} : () -> ()
