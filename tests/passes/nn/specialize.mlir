// RUN: specialize

// The entry stays, at a length of one; the rows of a cache keep theirs.
// CHECK-NOT: "prefill"
// CHECK: ^bb0(%[[X:.*]]: tensor<1x3xf16>):
// CHECK-NEXT: %[[ROWS:.*]] = "nn.append"(%[[X]]) {variable = @keys} : (tensor<1x3xf16>) -> tensor<?x3xf16>
// CHECK-NEXT: %[[Y:.*]] = "nn.repeat"(%[[X]])
// CHECK-NEXT: ^bb0(%{{.*}}: index, %{{.*}}: tensor<1x3xf16>):
// CHECK: }) {count = 2 : i64, label = "block"} : (tensor<1x3xf16>) -> tensor<1x3xf16>
// CHECK: function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"
// CHECK-NOT: "prefill"
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x3xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  %0 = "nn.append"(%x) {variable = @keys} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  %1 = "nn.repeat"(%x) ({
  ^bb0(%i: index, %y: tensor<?x3xf16>):
    %2 = "nn.exp"(%y) : (tensor<?x3xf16>) -> tensor<?x3xf16>
    "nn.yield"(%2) : (tensor<?x3xf16>) -> ()
  }) {count = 2 : i64, label = "block"} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%1) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "decode"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  %0 = "nn.relu"(%x) : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "prefill"} : () -> ()
