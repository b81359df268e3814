// RUN: dce

// All results are used, or come of an operation that writes; a variable that nobody reads stays.
"nn.variable"() {kind = "weight", source = "unused", sym_name = "unused", type = tensor<8xf16>} : () -> ()
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.append"(%0) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%x) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
