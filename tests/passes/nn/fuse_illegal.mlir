// RUN: fuse

"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %y: tensor<1x4xf16>):
  // expected-error @+1 {{'nn.add' shapes [1, 8] and [1, 4] do not broadcast}}
  %0 = "nn.add"(%x, %y) : (tensor<1x8xf16>, tensor<1x4xf16>) -> tensor<1x8xf16>
  %1 = "nn.relu"(%0) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%1) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<1x4xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
