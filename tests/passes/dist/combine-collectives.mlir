// RUN: combine-collectives

// Two all-reduces that do not wait for each other are one message of two values.
// CHECK: %[[A:.*]] = "dist.input"() {name = "a"}
// CHECK-NEXT: %[[B:.*]] = "dist.input"() {name = "b"}
// CHECK-NEXT: %[[BOTH:.*]]:2 = "dist.all_reduce"(%[[A]], %[[B]]) {axis = "y", fn = "add"}
// CHECK-NEXT: "dist.return"(%[[BOTH]]#0, %[[BOTH]]#1)
"dist.grid"() {sym_name = "io"} : () -> ()
"dist.func"() ({
  %a = "dist.input"() {name = "a"} : () -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %b = "dist.input"() {name = "b"} : () -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %p = "dist.all_reduce"(%a) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  %q = "dist.all_reduce"(%b) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  "dist.return"(%p, %q) {names = ["p", "q"]} : (!dist.tensor<@io, [2 x], f32>, !dist.tensor<@io, [2 x], f32>) -> ()
}) {sym_name = "decode"} : () -> ()
