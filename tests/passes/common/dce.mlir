// RUN: dce

// What only feeds unused results goes, all of it and at any depth, fused groups too. What writes stays.
// CHECK: sym_name = "unused"
// CHECK: ^bb0(%arg0: tensor<1x8xf16>):
// CHECK-NEXT: %[[RESULT:.*]] = "nn.repeat"(%arg0)
// CHECK-NEXT: ^bb0(%{{.*}}: index, %[[Z:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: "nn.append"(%[[Z]]) {variable = @keys}
// CHECK-NEXT: %[[EXP:.*]] = "nn.exp"(%[[Z]])
// CHECK-NEXT: "nn.yield"(%[[EXP]])
// CHECK: "nn.return"(%[[RESULT]])
"nn.variable"() {kind = "weight", source = "unused", sym_name = "unused", type = tensor<8xf16>} : () -> ()
"nn.variable"() {kind = "cache", source = "keys", sym_name = "keys", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %w = "nn.read"() {variable = @unused} : () -> tensor<8xf16>
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.add"(%0, %w) : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
  %2 = "nn.fused"(%1, %x) ({
  ^bb0(%a: tensor<1x8xf16>, %b: tensor<1x8xf16>):
    %3 = "nn.mul"(%a, %b) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf32>
    %4 = "nn.silu"(%3) : (tensor<1x8xf32>) -> tensor<1x8xf16>
    "nn.yield"(%4) : (tensor<1x8xf16>) -> ()
  }) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %5 = "nn.neg"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %y = "nn.repeat"(%x) ({
  ^bb0(%i: index, %z: tensor<1x8xf16>):
    %dead = "nn.mul"(%z, %5) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
    %rows = "nn.append"(%z) {variable = @keys} : (tensor<1x8xf16>) -> tensor<?x8xf16>
    %s = "nn.exp"(%z) : (tensor<1x8xf16>) -> tensor<1x8xf16>
    "nn.yield"(%s) : (tensor<1x8xf16>) -> ()
  }) {count = 3 : i64, label = "block"} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%y) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// CHECK: "pe.program"
// CHECK-NEXT: %[[ONE:.*]] = "pe.constant"() {value = 1 : i64}
// CHECK-NEXT: "pe.load"(%[[ONE]])
// CHECK-NEXT: "pe.for"(%[[ONE]], %[[ONE]])
// CHECK-NEXT: ^bb0(%{{.*}}: index):
// CHECK-NEXT: "pe.yield"
// CHECK: "pe.return"
"pe.program"() ({
  %one = "pe.constant"() {value = 1 : i64} : () -> index
  %two = "pe.constant"() {value = 2 : i64} : () -> index
  %sum = "pe.addi"(%one, %two) : (index, index) -> index
  %word = "pe.load"(%one) : (index) -> index
  "pe.for"(%one, %one) ({
  ^bb0(%i: index):
    %0 = "pe.addi"(%i, %sum) : (index, index) -> index
    "pe.yield"() : () -> ()
  }) : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
