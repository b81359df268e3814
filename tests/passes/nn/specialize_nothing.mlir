// RUN: specialize

// One entry, at its length already.
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %0 = "nn.relu"(%x) : (tensor<1x3xf16>) -> tensor<1x3xf16>
  "nn.return"(%0) : (tensor<1x3xf16>) -> ()
}) {function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()
