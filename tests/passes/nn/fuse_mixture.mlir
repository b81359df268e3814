// RUN: fuse

// Groups form inside a body and outside of it; what a mixture gives is rounded, so nothing joins across it.
// CHECK: %[[M:.*]] = "nn.mixture"
// CHECK: %[[F:.*]] = "nn.fused"(%[[ROW:.*]]) ({
// CHECK: "nn.yield"(%[[F]])
// CHECK: }) {count = 3 : i64
// CHECK-NEXT: %[[G:.*]] = "nn.fused"(%[[M]]) ({
// CHECK: "nn.return"(%[[G]])
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %1 = "nn.mixture"(%x, %x) ({
  ^bb0(%expert: index, %row: tensor<1x3xf16>):
    %2 = "nn.tanh"(%row) : (tensor<1x3xf16>) -> tensor<1x3xf16>
    %3 = "nn.exp"(%2) : (tensor<1x3xf16>) -> tensor<1x3xf16>
    "nn.yield"(%3) : (tensor<1x3xf16>) -> ()
  }) {count = 3 : i64, k = 2 : i64, label = "e"} : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<1x3xf16>
  %4 = "nn.relu"(%1) : (tensor<1x3xf16>) -> tensor<1x3xf16>
  %5 = "nn.tanh"(%4) : (tensor<1x3xf16>) -> tensor<1x3xf16>
  "nn.return"(%5) : (tensor<1x3xf16>) -> ()
}) {function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()
