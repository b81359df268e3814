// RUN: fuse,dce

// A chain is one group: bias, activation, gate and residual. Inside, values stay f32, and the result is rounded.
// CHECK: %[[W:.*]] = "nn.read"
// CHECK-NEXT: %[[B:.*]] = "nn.read"
// CHECK-NEXT: %[[PRODUCT:.*]] = "nn.matmul"(%arg0, %[[W]])
// CHECK-NEXT: %[[OUT:.*]] = "nn.fused"(%[[PRODUCT]], %[[B]], %arg0)
// CHECK-NEXT: ^bb0(%[[P:.*]]: tensor<1x8xf16>, %[[BIAS:.*]]: tensor<8xf16>, %[[X:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: %[[SUM:.*]] = "nn.add"(%[[P]], %[[BIAS]]) : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[SILU:.*]] = "nn.silu"(%[[SUM]]) : (tensor<1x8xf32>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[HALF:.*]] = "nn.constant"() {value = dense<0.5> : tensor<f16>}
// CHECK-NEXT: %[[SCALED:.*]] = "nn.mul"(%[[SILU]], %[[HALF]]) : (tensor<1x8xf32>, tensor<f16>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[RESIDUAL:.*]] = "nn.add"(%[[SCALED]], %[[X]]) : (tensor<1x8xf32>, tensor<1x8xf16>) -> tensor<1x8xf16>
// CHECK-NEXT: "nn.yield"(%[[RESIDUAL]])
// CHECK: "nn.return"(%[[OUT]])
"nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<8x8xf16>} : () -> ()
"nn.variable"() {kind = "weight", source = "b", sym_name = "b", type = tensor<8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %w = "nn.read"() {variable = @w} : () -> tensor<8x8xf16>
  %b = "nn.read"() {variable = @b} : () -> tensor<8xf16>
  %0 = "nn.matmul"(%x, %w) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.add"(%0, %b) : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  %2 = "nn.silu"(%1) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %c = "nn.constant"() {value = dense<0.5> : tensor<f16>} : () -> tensor<f16>
  %3 = "nn.mul"(%2, %c) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %4 = "nn.add"(%3, %x) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%4) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// silu(gate) * up, in a layer. A value used twice by one group belongs to it; one used outside of it does not.
// CHECK: "nn.repeat"
// CHECK-NEXT: ^bb0(%{{.*}}: index, %[[X:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: %[[SHARED:.*]] = "nn.exp"(%[[X]]) : (tensor<1x8xf16>) -> tensor<1x8xf16>
// CHECK-NEXT: %[[UP:.*]] = "nn.rmsnorm"(%[[SHARED]]
// CHECK-NEXT: %[[OUT:.*]] = "nn.fused"(%[[SHARED]], %[[UP]])
// CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<1x8xf16>, %[[U:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: %[[GATE:.*]] = "nn.silu"(%[[S]]) : (tensor<1x8xf16>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[SQUARE:.*]] = "nn.mul"(%[[GATE]], %[[GATE]]) : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[BOTH:.*]] = "nn.add"(%[[SQUARE]], %[[GATE]]) : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[LAST:.*]] = "nn.mul"(%[[BOTH]], %[[U]]) : (tensor<1x8xf32>, tensor<1x8xf16>) -> tensor<1x8xf16>
// CHECK-NEXT: "nn.yield"(%[[LAST]])
// CHECK: "nn.yield"(%[[OUT]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %n: tensor<8xf16>):
  %y = "nn.repeat"(%x) ({
  ^bb0(%i: index, %z: tensor<1x8xf16>):
    %shared = "nn.exp"(%z) : (tensor<1x8xf16>) -> tensor<1x8xf16>
    %gate = "nn.silu"(%shared) : (tensor<1x8xf16>) -> tensor<1x8xf16>
    %up = "nn.rmsnorm"(%shared, %n) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
    %square = "nn.mul"(%gate, %gate) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
    %both = "nn.add"(%square, %gate) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
    %last = "nn.mul"(%both, %up) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
    "nn.yield"(%last) : (tensor<1x8xf16>) -> ()
  }) {count = 3 : i64, label = "block"} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%y) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// Nothing to fuse: one operation alone, a product between two, and a value that is a result as well.
// CHECK-NOT: "nn.fused"
// CHECK: %[[A:.*]] = "nn.relu"(%arg0)
// CHECK-NEXT: %[[B:.*]] = "nn.matmul"(%[[A]], %arg1)
// CHECK-NEXT: %[[C:.*]] = "nn.tanh"(%[[B]])
// CHECK-NEXT: %[[D:.*]] = "nn.neg"(%[[C]])
// CHECK-NEXT: "nn.return"(%[[C]], %[[D]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %w: tensor<8x8xf16>):
  %0 = "nn.relu"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.matmul"(%0, %w) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
  %2 = "nn.tanh"(%1) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %3 = "nn.neg"(%2) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%2, %3) : (tensor<1x8xf16>, tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<8x8xf16>) -> (tensor<1x8xf16>, tensor<1x8xf16>), sym_name = "decode"} : () -> ()
