// RUN: partition

"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  // expected-error @+1 {{only a scalar constant can be partitioned}}
  %0 = "nn.constant"() {value = dense<[1.0, 2.0, 3.0]> : tensor<3xf16>} : () -> tensor<3xf16>
  %1 = "nn.add"(%x, %0) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
  "nn.return"(%1) : (tensor<1x3xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()

// -----

"nn.func"() ({
^bb0(%x: tensor<1x3xf16>, %y: tensor<3x3xf16>):
  // expected-error @+1 {{the right operand of '@' must be a weight, or computed from weights alone}}
  %0 = "nn.matmul"(%x, %y) : (tensor<1x3xf16>, tensor<3x3xf16>) -> tensor<1x3xf16>
  "nn.return"(%0) : (tensor<1x3xf16>) -> ()
}) {arg_names = ["x", "y"], function_type = (tensor<1x3xf16>, tensor<3x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()

// -----

"nn.func"() ({
^bb0(%x: tensor<1x4xf16>):
  %0 = "nn.reshape"(%x) : (tensor<1x4xf16>) -> tensor<1x2x2xf16>
  // expected-error @+1 {{'max' of a part of each row cannot be compiled yet}}
  %1 = "nn.max"(%0) {axis = 2 : i64} : (tensor<1x2x2xf16>) -> tensor<1x2x1xf16>
  "nn.return"(%1) : (tensor<1x2x1xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x4xf16>) -> tensor<1x2x1xf16>, sym_name = "decode"} : () -> ()
