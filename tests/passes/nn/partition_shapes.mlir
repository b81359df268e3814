// RUN: partition

// A slice, and a part put behind it, over the other axis: zeros elsewhere, summed up over the parts' axis.
// CHECK: %[[X:.*]] = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [5 y], f16>
// CHECK-NEXT: %[[CUT:.*]] = "dist.reslice"(%[[X]]) {offsets = array<i64: -2>} : {{.*}} -> !dist.tensor<@io, [3 x], f16, partial add over y>
// CHECK-NEXT: %[[S:.*]] = "dist.all_reduce"(%[[CUT]]) {axis = "y", fn = "add"}
// CHECK-NEXT: %[[MOVED:.*]] = "dist.reslice"(%[[X]]) : {{.*}} -> !dist.tensor<@io, [5 x], f16, partial add over y>
// CHECK-NEXT: %[[T:.*]] = "dist.all_reduce"(%[[MOVED]]) {axis = "y", fn = "add"}
// CHECK-NEXT: %[[BOTH:.*]] = "dist.reslice"(%[[S]], %[[T]]) {offsets = array<i64: 0, 3>} : {{.*}} -> !dist.tensor<@io, [8 y], f16, partial add over x>
// CHECK-NEXT: %[[R:.*]] = "dist.all_reduce"(%[[BOTH]]) {axis = "x", fn = "add"}
// CHECK-NEXT: "dist.return"(%[[R]])
"nn.func"() ({
^bb0(%x: tensor<1x5xf16>):
  %0 = "nn.slice"(%x) {axis = 1 : i64, end = 5 : i64, start = 2 : i64} : (tensor<1x5xf16>) -> tensor<1x3xf16>
  %1 = "nn.concat"(%0, %x) {axis = 1 : i64} : (tensor<1x3xf16>, tensor<1x5xf16>) -> tensor<1x8xf16>
  "nn.return"(%1) : (tensor<1x8xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x5xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// The head reads the tiles of the embedding with its strides swapped; a row of positions is a row of a table.
// CHECK: %[[I:.*]] = "dist.position"() : () -> !dist.tensor<@io, [], i32>
// CHECK-NEXT: %[[W:.*]] = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [6 x, 4 y], f16>
// CHECK-NEXT: "dist.gather"(%[[W]], %[[I]])
// CHECK: %[[V:.*]] = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [6 x, 4 y], f16>
// CHECK-NEXT: "dist.matvec"(%{{.*}}, %[[V]]) {transposed} : {{.*}} -> !dist.tensor<@io, [6 x], f32, partial add over y>
// CHECK: "dist.variable"() {by_position, kind = "weight"
// CHECK-NOT: dist.variable
"nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<6x4xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x4xf16>):
  %0 = "nn.read"() {variable = @w} : () -> tensor<6x4xf16>
  %1 = "nn.position"() : () -> tensor<1xi32>
  %2 = "nn.gather"(%0, %1) : (tensor<6x4xf16>, tensor<1xi32>) -> tensor<1x4xf16>
  %3 = "nn.add"(%2, %x) : (tensor<1x4xf16>, tensor<1x4xf16>) -> tensor<1x4xf16>
  %4 = "nn.transpose"(%0) : (tensor<6x4xf16>) -> tensor<4x6xf16>
  %5 = "nn.matmul"(%3, %4) : (tensor<1x4xf16>, tensor<4x6xf16>) -> tensor<1x6xf16>
  "nn.return"(%5) : (tensor<1x6xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x4xf16>) -> tensor<1x6xf16>, sym_name = "decode"} : () -> ()
