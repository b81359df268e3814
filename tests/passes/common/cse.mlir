// RUN: cse

// Equal operations with equal operands are one; types and attributes count.
// CHECK: sym_name = "rows"
// CHECK: %[[EXP:.*]] = "nn.exp"(%arg0)
// CHECK-NEXT: %[[WIDE:.*]] = "nn.exp"(%arg0) : (tensor<1x8xf16>) -> tensor<1x8xf32>
// CHECK-NEXT: %[[SUM:.*]] = "nn.add"(%[[EXP]], %[[EXP]])
// CHECK-NEXT: %[[A:.*]] = "nn.rmsnorm"(%[[SUM]], %arg1) {eps = 1.0e-05 : f32}
// CHECK-NEXT: %[[B:.*]] = "nn.rmsnorm"(%[[SUM]], %arg1) {eps = 1.0e-06 : f32}
// CHECK-NEXT: "nn.return"(%[[SUM]], %[[A]], %[[B]], %[[WIDE]])
"nn.variable"() {kind = "weight", source = "rows", sym_name = "rows", type = tensor<8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %w: tensor<8xf16>):
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %2 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf32>
  %3 = "nn.add"(%0, %1) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %4 = "nn.add"(%1, %0) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %5 = "nn.rmsnorm"(%3, %w) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  %6 = "nn.rmsnorm"(%4, %w) {eps = 1.0e-06 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  "nn.return"(%3, %5, %6, %2) : (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf32>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<8xf16>) -> (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf32>), sym_name = "decode"} : () -> ()

// -----

// Reads of one variable are one until it is written; other variables do not matter. Writes all stay.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>):
// CHECK-NEXT: %[[W:.*]] = "nn.read"() {variable = @w}
// CHECK-NEXT: %[[OLD:.*]] = "nn.read"() {variable = @keys}
// CHECK-NEXT: "nn.append"(%arg0) {variable = @keys}
// CHECK-NEXT: %[[NEW:.*]] = "nn.read"() {variable = @keys}
// CHECK-NEXT: "nn.append"(%arg0) {variable = @keys}
// CHECK-NEXT: "nn.return"(%[[W]], %[[W]], %[[OLD]], %[[OLD]], %[[NEW]])
"nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<8xf16>} : () -> ()
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.read"() {variable = @w} : () -> tensor<8xf16>
  %1 = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %2 = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %3 = "nn.append"(%x) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
  %4 = "nn.read"() {variable = @w} : () -> tensor<8xf16>
  %5 = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %6 = "nn.append"(%x) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
  "nn.return"(%0, %4, %1, %2, %5) : (tensor<8xf16>, tensor<8xf16>, tensor<4x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> (tensor<8xf16>, tensor<8xf16>, tensor<4x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>), sym_name = "decode"} : () -> ()

// -----

// Into a loop: what does not change in it is computed before it already. The cache is appended to in the loop,
// so that a read in it or behind it is not the one before. Nothing computed in a body is used outside.
// CHECK: %[[C:.*]] = "nn.constant"()
// CHECK-NEXT: %[[W:.*]] = "nn.read"() {variable = @w}
// CHECK-NEXT: %[[BEFORE:.*]] = "nn.read"() {variable = @keys}
// CHECK-NEXT: %[[FINAL:.*]] = "nn.repeat"
// CHECK-NEXT: ^bb0(%{{.*}}: index, %[[X:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: %[[INSIDE:.*]] = "nn.read"() {variable = @keys}
// CHECK-NEXT: %[[SCALED:.*]] = "nn.mul"(%[[X]], %[[C]])
// CHECK-NEXT: %[[SUM:.*]] = "nn.add"(%[[SCALED]], %[[W]])
// CHECK-NEXT: %[[SIGMOID:.*]] = "nn.sigmoid"(%[[SUM]])
// CHECK-NEXT: "nn.append"(%[[SIGMOID]]) {variable = @keys}
// CHECK-NEXT: %[[TANH:.*]] = "nn.tanh"(%[[W]])
// CHECK-NEXT: "nn.yield"(%[[SIGMOID]])
// CHECK: %[[BEHIND:.*]] = "nn.read"() {variable = @keys}
// CHECK-NEXT: %[[AGAIN:.*]] = "nn.tanh"(%[[W]])
// CHECK-NEXT: "nn.return"(%[[FINAL]], %[[BEFORE]], %[[BEHIND]], %[[W]], %[[AGAIN]])
"nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<8xf16>} : () -> ()
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %c = "nn.constant"() {value = dense<0.5> : tensor<f16>} : () -> tensor<f16>
  %w = "nn.read"() {variable = @w} : () -> tensor<8xf16>
  %before = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %y = "nn.repeat"(%x) ({
  ^bb0(%i: index, %z: tensor<1x8xf16>):
    %inside = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
    %c1 = "nn.constant"() {value = dense<0.5> : tensor<f16>} : () -> tensor<f16>
    %scaled = "nn.mul"(%z, %c1) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
    %w1 = "nn.read"() {variable = @w} : () -> tensor<8xf16>
    %sum = "nn.add"(%scaled, %w1) : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
    %s = "nn.sigmoid"(%sum) : (tensor<1x8xf16>) -> tensor<1x8xf16>
    %rows = "nn.append"(%s) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
    %tanh = "nn.tanh"(%w1) : (tensor<8xf16>) -> tensor<8xf16>
    "nn.yield"(%s) : (tensor<1x8xf16>) -> ()
  }) {count = 3 : i64, label = "block"} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %behind = "nn.read"() {variable = @keys} : () -> tensor<4x8xf16>
  %w2 = "nn.read"() {variable = @w} : () -> tensor<8xf16>
  %tanh2 = "nn.tanh"(%w2) : (tensor<8xf16>) -> tensor<8xf16>
  "nn.return"(%y, %before, %behind, %w2, %tanh2) : (tensor<1x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>, tensor<8xf16>, tensor<8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> (tensor<1x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>, tensor<8xf16>, tensor<8xf16>), sym_name = "decode"} : () -> ()

// -----

// Two bodies share nothing, and neither does an isolated one with what is around it.
// CHECK: "pe.program"
// CHECK-NEXT: %[[ONE:.*]] = "pe.constant"() {value = 1 : i64}
// CHECK-NEXT: %[[TWO:.*]] = "pe.constant"() {value = 2 : i64}
// CHECK-NEXT: "pe.for"(%[[ONE]], %[[TWO]])
// CHECK-NEXT: ^bb0(%[[I:.*]]: index):
// CHECK-NEXT: %[[SUM:.*]] = "pe.addi"(%[[I]], %[[ONE]])
// CHECK-NEXT: %[[OTHER:.*]] = "pe.addi"(%[[ONE]], %[[TWO]])
// CHECK-NEXT: "pe.store"(%[[SUM]], %[[OTHER]])
// CHECK-NEXT: "pe.yield"
// CHECK: "pe.for"(%[[ONE]], %[[TWO]])
// CHECK-NEXT: ^bb0(%[[J:.*]]: index):
// CHECK-NEXT: %[[SUM2:.*]] = "pe.addi"(%[[J]], %[[ONE]])
// CHECK-NEXT: %[[OTHER2:.*]] = "pe.addi"(%[[ONE]], %[[TWO]])
// CHECK-NEXT: "pe.store"(%[[SUM2]], %[[OTHER2]])
// CHECK: "pe.program"
// CHECK-NEXT: "pe.constant"() {value = 1 : i64}
"pe.program"() ({
  %one = "pe.constant"() {value = 1 : i64} : () -> index
  %two = "pe.constant"() {value = 2 : i64} : () -> index
  %uno = "pe.constant"() {value = 1 : i64} : () -> index
  "pe.for"(%uno, %two) ({
  ^bb0(%i: index):
    %0 = "pe.addi"(%i, %one) : (index, index) -> index
    %1 = "pe.addi"(%i, %uno) : (index, index) -> index
    %2 = "pe.addi"(%uno, %two) : (index, index) -> index
    "pe.store"(%1, %2) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) : (index, index) -> ()
  "pe.for"(%one, %two) ({
  ^bb0(%j: index):
    %0 = "pe.addi"(%j, %one) : (index, index) -> index
    %2 = "pe.addi"(%one, %two) : (index, index) -> index
    "pe.store"(%0, %2) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
"pe.program"() ({
  %one = "pe.constant"() {value = 1 : i64} : () -> index
  "pe.store"(%one, %one) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "b"} : () -> ()
