// RUN: canonicalize

// What would fold away is reported all the same when it is wrong.
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
  // expected-error @+1 {{'nn.mul' result shape [1, 4] differs from [1, 8]}}
  %1 = "nn.mul"(%x, %0) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x4xf16>
  "nn.return"(%x) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
