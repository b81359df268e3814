// RUN: canonicalize,dce

// Reshapes: one after another, and to the type that was there. Another element type is no identity.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>):
// CHECK-NEXT: %[[ONE:.*]] = "nn.reshape"(%arg0) : (tensor<1x8xf16>) -> tensor<1x4x2xf16>
// CHECK-NEXT: %[[NARROW:.*]] = "nn.reshape"(%arg0) : (tensor<1x8xf16>) -> tensor<1x8xf32>
// CHECK-NEXT: "nn.return"(%[[ONE]], %arg0, %[[NARROW]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.reshape"(%x) : (tensor<1x8xf16>) -> tensor<1x2x4xf16>
  %1 = "nn.reshape"(%0) : (tensor<1x2x4xf16>) -> tensor<1x4x2xf16>
  %2 = "nn.reshape"(%1) : (tensor<1x4x2xf16>) -> tensor<1x8xf16>
  %3 = "nn.reshape"(%2) : (tensor<1x8xf16>) -> tensor<1x8xf32>
  "nn.return"(%1, %2, %3) : (tensor<1x4x2xf16>, tensor<1x8xf16>, tensor<1x8xf32>) -> ()
}) {function_type = (tensor<1x8xf16>) -> (tensor<1x4x2xf16>, tensor<1x8xf16>, tensor<1x8xf32>), sym_name = "decode"} : () -> ()

// -----

// x - 0, x + -0, x * 1 and x / 1 are x.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>):
// CHECK-NEXT: "nn.return"(%arg0)
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %zero = "nn.constant"() {value = dense<0.0> : tensor<f16>} : () -> tensor<f16>
  %minus = "nn.constant"() {value = dense<-0.0> : tensor<f16>} : () -> tensor<f16>
  %one = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
  %0 = "nn.sub"(%x, %zero) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %1 = "nn.add"(%0, %minus) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %2 = "nn.mul"(%1, %one) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %3 = "nn.div"(%2, %one) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  "nn.return"(%3) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// x + 0 makes +0 of -0, and so does x - -0; x * 1 to another type rounds. All stay.
// CHECK: %[[ZERO:.*]] = "nn.constant"() {value = dense<0.0>
// CHECK-NEXT: %[[MINUS:.*]] = "nn.constant"() {value = dense<-0.0>
// CHECK-NEXT: %[[ONE:.*]] = "nn.constant"() {value = dense<1.0>
// CHECK-NEXT: %[[A:.*]] = "nn.add"(%arg0, %[[ZERO]])
// CHECK-NEXT: %[[B:.*]] = "nn.sub"(%[[A]], %[[MINUS]])
// CHECK-NEXT: %[[C:.*]] = "nn.mul"(%[[B]], %[[ONE]])
// CHECK-NEXT: "nn.return"(%[[C]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf32>):
  %zero = "nn.constant"() {value = dense<0.0> : tensor<f16>} : () -> tensor<f16>
  %minus = "nn.constant"() {value = dense<-0.0> : tensor<f16>} : () -> tensor<f16>
  %one = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
  %0 = "nn.add"(%x, %zero) : (tensor<1x8xf32>, tensor<f16>) -> tensor<1x8xf32>
  %1 = "nn.sub"(%0, %minus) : (tensor<1x8xf32>, tensor<f16>) -> tensor<1x8xf32>
  %2 = "nn.mul"(%1, %one) : (tensor<1x8xf32>, tensor<f16>) -> tensor<1x8xf16>
  "nn.return"(%2) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf32>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()

// -----

// Dividing by a power of two is multiplying by another one; 3 has no exact reciprocal, and that of 2^-16 is no f16.
// CHECK: %[[THREE:.*]] = "nn.constant"() {value = dense<3.0>
// CHECK-NEXT: %[[LARGE:.*]] = "nn.constant"() {value = dense<6.104e-05>
// CHECK-NEXT: %[[SMALL:.*]] = "nn.constant"() {value = dense<1.526e-05>
// CHECK-NEXT: %[[EIGHTH:.*]] = "nn.constant"() {value = dense<-0.125> : tensor<f16>}
// CHECK-NEXT: %[[A:.*]] = "nn.mul"(%arg0, %[[EIGHTH]])
// CHECK-NEXT: %[[B:.*]] = "nn.div"(%[[A]], %[[THREE]])
// CHECK-NEXT: %[[BIG:.*]] = "nn.constant"() {value = dense<1.638e+04> : tensor<f16>}
// CHECK-NEXT: %[[C:.*]] = "nn.mul"(%[[B]], %[[BIG]])
// CHECK-NEXT: %[[D:.*]] = "nn.div"(%[[C]], %[[SMALL]])
// CHECK-NEXT: "nn.return"(%[[D]], %[[LARGE]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %eight = "nn.constant"() {value = dense<-8.0> : tensor<f16>} : () -> tensor<f16>
  %three = "nn.constant"() {value = dense<3.0> : tensor<f16>} : () -> tensor<f16>
  %large = "nn.constant"() {value = dense<6.104e-05> : tensor<f16>} : () -> tensor<f16>
  %small = "nn.constant"() {value = dense<1.526e-05> : tensor<f16>} : () -> tensor<f16>
  %0 = "nn.div"(%x, %eight) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %1 = "nn.div"(%0, %three) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %2 = "nn.div"(%1, %large) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  %3 = "nn.div"(%2, %small) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
  "nn.return"(%3, %large) : (tensor<1x8xf16>, tensor<f16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> (tensor<1x8xf16>, tensor<f16>), sym_name = "decode"} : () -> ()

// -----

// Twice negated, twice rectified. Through a narrower type, a value comes back rounded.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>, %arg1: tensor<1x8xf32>):
// CHECK-NEXT: %[[RELU:.*]] = "nn.relu"(%arg0)
// CHECK-NEXT: %[[N:.*]] = "nn.neg"(%arg1) : (tensor<1x8xf32>) -> tensor<1x8xf16>
// CHECK-NEXT: %[[M:.*]] = "nn.neg"(%[[N]]) : (tensor<1x8xf16>) -> tensor<1x8xf32>
// CHECK-NEXT: "nn.return"(%arg0, %[[RELU]], %[[M]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %y: tensor<1x8xf32>):
  %0 = "nn.neg"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf32>
  %1 = "nn.neg"(%0) : (tensor<1x8xf32>) -> tensor<1x8xf16>
  %2 = "nn.relu"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %3 = "nn.relu"(%2) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %4 = "nn.neg"(%y) : (tensor<1x8xf32>) -> tensor<1x8xf16>
  %5 = "nn.neg"(%4) : (tensor<1x8xf16>) -> tensor<1x8xf32>
  "nn.return"(%1, %3, %5) : (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf32>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<1x8xf32>) -> (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf32>), sym_name = "decode"} : () -> ()

// -----

// A group of nothing or of one operation is dissolved; inputs of a larger one are there once, and only if used.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>, %arg1: tensor<1x8xf16>):
// CHECK-NEXT: %[[HALF:.*]] = "nn.constant"() {value = dense<0.5>
// CHECK-NEXT: %[[SCALED:.*]] = "nn.mul"(%arg0, %[[HALF]])
// CHECK-NEXT: %[[GROUP:.*]] = "nn.fused"(%arg0) ({
// CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<1x8xf16>):
// CHECK-NEXT: %[[SUM:.*]] = "nn.add"(%[[A]], %[[A]])
// CHECK-NEXT: "nn.exp"(%[[SUM]])
// CHECK: "nn.return"(%arg1, %[[SCALED]], %[[GROUP]])
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %y: tensor<1x8xf16>):
  %0 = "nn.fused"(%x, %y) ({
  ^bb0(%a: tensor<1x8xf16>, %b: tensor<1x8xf16>):
    "nn.yield"(%b) : (tensor<1x8xf16>) -> ()
  }) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.fused"(%x) ({
  ^bb0(%a: tensor<1x8xf16>):
    %c = "nn.constant"() {value = dense<0.5> : tensor<f16>} : () -> tensor<f16>
    %2 = "nn.mul"(%a, %c) : (tensor<1x8xf16>, tensor<f16>) -> tensor<1x8xf16>
    "nn.yield"(%2) : (tensor<1x8xf16>) -> ()
  }) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %3 = "nn.fused"(%y, %x, %y, %x) ({
  ^bb0(%p: tensor<1x8xf16>, %a: tensor<1x8xf16>, %q: tensor<1x8xf16>, %b: tensor<1x8xf16>):
    %4 = "nn.add"(%a, %b) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf32>
    %5 = "nn.exp"(%4) : (tensor<1x8xf32>) -> tensor<1x8xf16>
    "nn.yield"(%5) : (tensor<1x8xf16>) -> ()
  }) : (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%0, %1, %3) : (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<1x8xf16>) -> (tensor<1x8xf16>, tensor<1x8xf16>, tensor<1x8xf16>), sym_name = "decode"} : () -> ()
