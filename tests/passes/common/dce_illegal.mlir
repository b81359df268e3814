// RUN: dce

// Unused or not, what is wrong is reported.
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  // expected-error @+1 {{attribute 'variable' refers to @w, which is not defined}}
  %0 = "nn.read"() {variable = @w} : () -> tensor<8xf16>
  "nn.return"(%x) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
