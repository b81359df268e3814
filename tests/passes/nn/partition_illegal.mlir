// RUN: partition

"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  // expected-error @+1 {{only a scalar constant can be partitioned}}
  %0 = "nn.constant"() {value = dense<[1.0, 2.0, 3.0]> : tensor<3xf16>} : () -> tensor<3xf16>
  %1 = "nn.add"(%x, %0) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
  "nn.return"(%1) : (tensor<1x3xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()
