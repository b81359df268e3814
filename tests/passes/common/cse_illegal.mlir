// RUN: cse

// A module that is wrong already is not worked on.
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  // expected-error @+1 {{'nn.exp' result shape [1, 4] differs from [1, 8]}}
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x4xf16>
  "nn.return"(%x) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
