// RUN: canonicalize,dce

// Twice transposed, a slice of everything and a concat of one part are what was there.
// CHECK: ^bb0(%arg0: tensor<1x8xf16>, %arg1: tensor<3x4xf16>):
// CHECK-NEXT: "nn.return"(%arg1, %arg0, %arg0)
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %w: tensor<3x4xf16>):
  %0 = "nn.transpose"(%w) : (tensor<3x4xf16>) -> tensor<4x3xf16>
  %1 = "nn.transpose"(%0) : (tensor<4x3xf16>) -> tensor<3x4xf16>
  %2 = "nn.slice"(%x) {axis = 1 : i64, end = 8 : i64, start = 0 : i64} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %3 = "nn.concat"(%2) {axis = 1 : i64} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%1, %2, %3) : (tensor<3x4xf16>, tensor<1x8xf16>, tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<3x4xf16>) -> (tensor<3x4xf16>, tensor<1x8xf16>, tensor<1x8xf16>), sym_name = "decode"} : () -> ()

// -----

// Slices along one axis become one; those along two do not.
// CHECK: ^bb0(%arg0: tensor<9x8xf16>):
// CHECK-NEXT: %[[ONE:.*]] = "nn.slice"(%arg0) {axis = 1 : i64, end = 5 : i64, start = 3 : i64} : (tensor<9x8xf16>) -> tensor<9x2xf16>
// CHECK-NEXT: %[[TWO:.*]] = "nn.slice"(%[[ONE]]) {axis = 0 : i64, end = 4 : i64, start = 2 : i64} : (tensor<9x2xf16>) -> tensor<2x2xf16>
// CHECK-NEXT: "nn.return"(%[[TWO]])
"nn.func"() ({
^bb0(%x: tensor<9x8xf16>):
  %0 = "nn.slice"(%x) {axis = 1 : i64, end = 7 : i64, start = 2 : i64} : (tensor<9x8xf16>) -> tensor<9x5xf16>
  %1 = "nn.slice"(%0) {axis = 1 : i64, end = 3 : i64, start = 1 : i64} : (tensor<9x5xf16>) -> tensor<9x2xf16>
  %2 = "nn.slice"(%1) {axis = 0 : i64, end = 4 : i64, start = 2 : i64} : (tensor<9x2xf16>) -> tensor<2x2xf16>
  "nn.return"(%2) : (tensor<2x2xf16>) -> ()
}) {function_type = (tensor<9x8xf16>) -> tensor<2x2xf16>, sym_name = "decode"} : () -> ()

// -----

// A transpose that rounds, and a concat of two, stay.
// CHECK: "nn.transpose"
// CHECK-NEXT: "nn.transpose"
// CHECK-NEXT: "nn.concat"
"nn.func"() ({
^bb0(%w: tensor<3x4xf32>):
  %0 = "nn.transpose"(%w) : (tensor<3x4xf32>) -> tensor<4x3xf16>
  %1 = "nn.transpose"(%0) : (tensor<4x3xf16>) -> tensor<3x4xf32>
  %2 = "nn.concat"(%1, %1) {axis = 0 : i64} : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<6x4xf32>
  "nn.return"(%2) : (tensor<6x4xf32>) -> ()
}) {function_type = (tensor<3x4xf32>) -> tensor<6x4xf32>, sym_name = "decode"} : () -> ()
