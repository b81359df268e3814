// RUN: dce

// A mixture computes and reads only, so one that nobody uses goes with all that was made for it.
// CHECK: "nn.func"
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<1x3xf16>):
// CHECK-NEXT: "nn.return"(%[[X]])
"nn.variable"() {experts, kind = "weight", source = "e.{}.b", sym_name = "e.b", type = tensor<3x3xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %0 = "nn.tanh"(%x) : (tensor<1x3xf16>) -> tensor<1x3xf16>
  %1 = "nn.mixture"(%x, %0) ({
  ^bb0(%expert: index, %row: tensor<1x3xf16>):
    %2 = "nn.read"(%expert) {variable = @e.b} : (index) -> tensor<3xf16>
    %3 = "nn.add"(%row, %2) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
    "nn.yield"(%3) : (tensor<1x3xf16>) -> ()
  }) {count = 3 : i64, k = 2 : i64, label = "e"} : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<1x3xf16>
  "nn.return"(%x) : (tensor<1x3xf16>) -> ()
}) {function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()
