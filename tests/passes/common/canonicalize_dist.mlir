// RUN: canonicalize,dce

// Casts to the same type and through a wider one, neutral numbers, a division by a power of two and a transfer
// that goes nowhere.
// CHECK: %[[X:.*]] = "dist.input"() {name = "x"}
// CHECK-NEXT: %[[HALF:.*]] = "dist.map"(%[[X]]) {fn = "mul", value = 0.5 : f32}
// CHECK-NEXT: "dist.return"(%[[X]], %[[HALF]])
"dist.func"() ({
  %x = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [64 y], f16>
  %0 = "dist.map"(%x) {fn = "cast"} : (!dist.tensor<@io, [64 y], f16>) -> !dist.tensor<@io, [64 y], f32>
  %1 = "dist.map"(%0) {fn = "cast"} : (!dist.tensor<@io, [64 y], f32>) -> !dist.tensor<@io, [64 y], f32>
  %2 = "dist.map"(%1) {fn = "cast"} : (!dist.tensor<@io, [64 y], f32>) -> !dist.tensor<@io, [64 y], f16>
  %3 = "dist.map"(%2) {fn = "mul", value = 1.0 : f32} : (!dist.tensor<@io, [64 y], f16>) -> !dist.tensor<@io, [64 y], f16>
  %4 = "dist.transfer"(%3) : (!dist.tensor<@io, [64 y], f16>) -> !dist.tensor<@io, [64 y], f16>
  %5 = "dist.map"(%4) {fn = "div", value = 2.0 : f32} : (!dist.tensor<@io, [64 y], f16>) -> !dist.tensor<@io, [64 y], f16>
  "dist.return"(%4, %5) {names = ["a", "b"]} : (!dist.tensor<@io, [64 y], f16>, !dist.tensor<@io, [64 y], f16>) -> ()
}) {sym_name = "decode"} : () -> ()

// -----

// A cast to f16 and back rounds.
// CHECK: %[[X:.*]] = "dist.input"()
// CHECK-NEXT: %[[A:.*]] = "dist.map"(%[[X]]) {fn = "cast"}
// CHECK-NEXT: %[[B:.*]] = "dist.map"(%[[A]]) {fn = "cast"}
// CHECK-NEXT: "dist.return"(%[[B]])
"dist.func"() ({
  %x = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [64 y], f32>
  %0 = "dist.map"(%x) {fn = "cast"} : (!dist.tensor<@io, [64 y], f32>) -> !dist.tensor<@io, [64 y], f16>
  %1 = "dist.map"(%0) {fn = "cast"} : (!dist.tensor<@io, [64 y], f16>) -> !dist.tensor<@io, [64 y], f32>
  "dist.return"(%1) {names = ["a"]} : (!dist.tensor<@io, [64 y], f32>) -> ()
}) {sym_name = "decode"} : () -> ()
