// RUN: partition

// A vector along y meets a matrix split both ways: partial sums over y, one all-reduce, a vector along x.
// CHECK: "dist.grid"() {sym_name = "io"}
// CHECK: "dist.func"
// CHECK-NEXT: %[[X:.*]] = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [3 y], f16>
// CHECK-NEXT: %[[W:.*]] = "dist.read"() {variable = @w}
// CHECK-NEXT: %[[P:.*]] = "dist.matvec"(%[[X]], %[[W]]) : {{.*}} -> !dist.tensor<@io, [2 x], f32, partial add over y>
// CHECK-NEXT: %[[S:.*]] = "dist.all_reduce"(%[[P]]) {axis = "y", fn = "add"}
// CHECK-NEXT: %[[C:.*]] = "dist.map"(%[[S]]) {fn = "cast"}
// CHECK-NEXT: %[[R:.*]] = "dist.map"(%[[C]]) {fn = "relu"}
// CHECK-NEXT: "dist.return"(%[[R]])
// CHECK: "dist.variable"() {kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [3 y, 2 x], f16>}
// CHECK-NOT: "nn.
"nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<3x2xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %0 = "nn.read"() {variable = @w} : () -> tensor<3x2xf16>
  %1 = "nn.matmul"(%x, %0) : (tensor<1x3xf16>, tensor<3x2xf16>) -> tensor<1x2xf16>
  %2 = "nn.relu"(%1) : (tensor<1x2xf16>) -> tensor<1x2xf16>
  "nn.return"(%2) : (tensor<1x2xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x3xf16>) -> tensor<1x2xf16>, sym_name = "decode"} : () -> ()
