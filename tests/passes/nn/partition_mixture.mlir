// RUN: partition

// Scores are made whole on each PE, which chooses by itself; the body runs in place, for the chosen experts.
// CHECK: %[[X:.*]] = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [3 y], f16>
// CHECK-NEXT: %[[R:.*]] = "dist.read"() {variable = @r} : () -> !dist.tensor<@io, [3 y, 4], f16>
// CHECK-NEXT: %[[P:.*]] = "dist.matvec"(%[[X]], %[[R]]) : {{.*}} -> !dist.tensor<@io, [4], f32, partial add over y>
// CHECK-NEXT: %[[S:.*]] = "dist.all_reduce"(%[[P]]) {axis = "y", fn = "add"}
// CHECK-NEXT: %[[C:.*]] = "dist.map"(%[[S]]) {fn = "cast"}
// CHECK-NEXT: %[[K:.*]]:3 = "dist.top_k"(%[[C]]) {k = 2 : i64}
// CHECK-NOT: "dist.all_reduce"
// CHECK: %[[W:.*]] = "dist.map"({{.*}}) {fn = "mul"} : {{.*}} -> !dist.tensor<@io, [2], f32>
// CHECK-NEXT: %[[M:.*]] = "dist.mixture"(%[[K]]#0, %[[W]]) ({
// CHECK-NEXT: ^bb0(%[[N:.*]]: index):
// CHECK-NEXT: %[[E:.*]] = "dist.read"(%[[N]]) {variable = @expert.w} : (index) -> !dist.tensor<@io, [3 y, 2 x], f16>
// CHECK-NEXT: %[[Q:.*]] = "dist.matvec"(%[[X]], %[[E]])
// CHECK-NEXT: %[[T:.*]] = "dist.all_reduce"(%[[Q]]) {axis = "y", fn = "add"}
// CHECK-NEXT: %[[G:.*]] = "dist.map"(%[[T]]) {fn = "cast"} : {{.*}} -> !dist.tensor<@io, [2 x], f16>
// CHECK-NEXT: "dist.yield"(%[[G]])
// CHECK-NEXT: }) {count = 4 : i64, label = "expert"} : {{.*}} -> !dist.tensor<@io, [2 x], f32>
// CHECK-NEXT: "dist.map"(%[[M]]) {fn = "cast"} : {{.*}} -> !dist.tensor<@io, [2 x], f16>
// CHECK: "dist.variable"() {experts = 4 : i64, kind = "weight", source = "expert.{}.w", sym_name = "expert.w"
"nn.variable"() {kind = "weight", source = "r", sym_name = "r", type = tensor<3x4xf16>} : () -> ()
"nn.variable"() {experts, kind = "weight", source = "expert.{}.w", sym_name = "expert.w", type = tensor<4x3x2xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x3xf16>):
  %0 = "nn.read"() {variable = @r} : () -> tensor<3x4xf16>
  %1 = "nn.matmul"(%x, %0) : (tensor<1x3xf16>, tensor<3x4xf16>) -> tensor<1x4xf16>
  %2 = "nn.mixture"(%x, %1) ({
  ^bb0(%expert: index, %row: tensor<1x3xf16>):
    %3 = "nn.read"(%expert) {variable = @expert.w} : (index) -> tensor<3x2xf16>
    %4 = "nn.matmul"(%row, %3) : (tensor<1x3xf16>, tensor<3x2xf16>) -> tensor<1x2xf16>
    "nn.yield"(%4) : (tensor<1x2xf16>) -> ()
  }) {count = 4 : i64, k = 2 : i64, label = "expert"} : (tensor<1x3xf16>, tensor<1x4xf16>) -> tensor<1x2xf16>
  "nn.return"(%2) : (tensor<1x2xf16>) -> ()
}) {arg_names = ["x"], function_type = (tensor<1x3xf16>) -> tensor<1x2xf16>, sym_name = "decode"} : () -> ()
