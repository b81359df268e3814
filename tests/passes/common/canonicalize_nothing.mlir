// RUN: canonicalize

// Nothing folds: no identity, no number that is neutral, no reshape that undoes another.
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.constant"() {value = dense<5.000000e-01> : tensor<f16>} : () -> tensor<f16>
  %1 = "nn.mul"(%x, %0) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %2 = "nn.reshape"(%1) : (tensor<1x8xf16>) -> tensor<1x2x4xf16>
  %3 = "nn.exp"(%2) : (tensor<1x2x4xf16>) -> tensor<1x2x4xf16>
  %4 = "nn.reshape"(%3) : (tensor<1x2x4xf16>) -> tensor<1x8xf16>
  "nn.return"(%4) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
