// RUN: cse

// What a body reads of the model, it shares with what is around; what differs by expert stays inside.
// CHECK: %[[B:.*]] = "nn.read"() {variable = @b}
// CHECK-NEXT: %[[S:.*]] = "nn.add"(%[[X:.*]], %[[B]])
// CHECK-NEXT: "nn.mixture"(%[[X]], %[[S]])
// CHECK-NEXT: ^bb0(%[[E:.*]]: index, %[[R:.*]]: tensor<1x3xf16>):
// CHECK-NEXT: %[[O:.*]] = "nn.read"(%[[E]]) {variable = @e.b}
// CHECK-NEXT: %[[T:.*]] = "nn.add"(%[[R]], %[[O]])
// CHECK-NEXT: %[[U:.*]] = "nn.mul"(%[[T]], %[[B]])
// CHECK-NEXT: %[[V:.*]] = "nn.add"(%[[U]], %[[T]])
// CHECK-NEXT: "nn.yield"(%[[V]])
"nn.variable"() {kind = "weight", source = "b", sym_name = "b", type = tensor<3xf16>} : () -> ()
"nn.variable"() {experts, kind = "weight", source = "e.{}.b", sym_name = "e.b", type = tensor<3x3xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %b = "nn.read"() {variable = @b} : () -> tensor<3xf16>
  %s = "nn.add"(%x, %b) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
  %1 = "nn.mixture"(%x, %s) ({
  ^bb0(%expert: index, %row: tensor<1x3xf16>):
    %2 = "nn.read"(%expert) {variable = @e.b} : (index) -> tensor<3xf16>
    %3 = "nn.add"(%row, %2) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
    %4 = "nn.read"() {variable = @b} : () -> tensor<3xf16>
    %5 = "nn.mul"(%3, %4) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
    %6 = "nn.read"(%expert) {variable = @e.b} : (index) -> tensor<3xf16>
    %7 = "nn.add"(%row, %6) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
    %8 = "nn.add"(%5, %7) : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<1x3xf16>
    "nn.yield"(%8) : (tensor<1x3xf16>) -> ()
  }) {count = 3 : i64, k = 2 : i64, label = "e"} : (tensor<1x3xf16>, tensor<1x3xf16>) -> tensor<1x3xf16>
  "nn.return"(%1) : (tensor<1x3xf16>) -> ()
}) {function_type = (tensor<1x3xf16>) -> tensor<1x3xf16>, sym_name = "decode"} : () -> ()
