// RUN: inline

// A function that calls another one, and is called with a weight, in a layer. No function stays but the entry.
// CHECK-NOT: nn.call
// CHECK: "nn.func"
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<?x8xf16>):
// CHECK-NEXT: "nn.repeat"(%[[X]])
// CHECK-NEXT: ^bb0(%[[I:.*]]: index, %[[Y:.*]]: tensor<?x8xf16>):
// CHECK-NEXT: %[[W:.*]] = "nn.read"(%[[I]]) {variable = @block.w}
// CHECK-NEXT: %[[NEG:.*]] = "nn.neg"(%[[Y]])
// CHECK-NEXT: %[[PRODUCT:.*]] = "nn.matmul"(%[[NEG]], %[[W]])
// CHECK-NEXT: "nn.yield"(%[[PRODUCT]])
// CHECK: sym_name = "decode"
// CHECK-NEXT: }) : () -> ()
"nn.variable"() {kind = "weight", source = "block.{}.w", stacked, sym_name = "block.w", type = tensor<2x8x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x8xf16>, %w: tensor<8x8xf16>):
  %0 = "nn.call"(%x) {callee = @turned} : (tensor<?x8xf16>) -> tensor<?x8xf16>
  %1 = "nn.matmul"(%0, %w) : (tensor<?x8xf16>, tensor<8x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%1) : (tensor<?x8xf16>) -> ()
}) {function_type = (tensor<?x8xf16>, tensor<8x8xf16>) -> tensor<?x8xf16>, sym_name = "project", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x8xf16>):
  %0 = "nn.neg"(%x) : (tensor<?x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%0) : (tensor<?x8xf16>) -> ()
}) {function_type = (tensor<?x8xf16>) -> tensor<?x8xf16>, sym_name = "turned", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x8xf16>):
  %0 = "nn.repeat"(%x) ({
  ^bb0(%i: index, %y: tensor<?x8xf16>):
    %w = "nn.read"(%i) {variable = @block.w} : (index) -> tensor<8x8xf16>
    %1 = "nn.call"(%y, %w) {callee = @project} : (tensor<?x8xf16>, tensor<8x8xf16>) -> tensor<?x8xf16>
    "nn.yield"(%1) : (tensor<?x8xf16>) -> ()
  }) {count = 2 : i64, label = "block"} : (tensor<?x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%0) : (tensor<?x8xf16>) -> ()
}) {function_type = (tensor<?x8xf16>) -> tensor<?x8xf16>, sym_name = "decode"} : () -> ()

// -----

// A function that returns what it was given, and one that returns it twice. A private one that nobody calls goes.
// CHECK: "nn.func"
// CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<4xf32>):
// CHECK-NEXT: %[[SUM:.*]] = "nn.add"(%[[X]], %[[X]])
// CHECK-NEXT: "nn.return"(%[[SUM]])
// CHECK-NEXT: sym_name = "decode"
// CHECK-NEXT: }) : () -> ()
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0:2 = "nn.call"(%x) {callee = @twice} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  %1 = "nn.add"(%0#0, %0#1) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  "nn.return"(%1) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "decode"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  "nn.return"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>), sym_name = "twice", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  "nn.return"(%x) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "unused", sym_visibility = "private"} : () -> ()

// -----

// Nothing to do: functions without calls stay as they are, public ones also when they are called.
// CHECK: sym_name = "decode"
// CHECK: "nn.neg"
// CHECK: "nn.neg"
// CHECK: sym_name = "prefill"
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0 = "nn.neg"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  "nn.return"(%0) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "decode"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0 = "nn.call"(%x) {callee = @decode} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = "nn.neg"(%0) : (tensor<4xf32>) -> tensor<4xf32>
  "nn.return"(%1) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "prefill"} : () -> ()
