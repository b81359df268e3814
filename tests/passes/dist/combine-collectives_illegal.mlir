// RUN: combine-collectives

"dist.grid"() {sym_name = "io"} : () -> ()
"dist.func"() ({
  %a = "dist.input"() {name = "a"} : () -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %b = "dist.input"() {name = "b"} : () -> !dist.tensor<@io, [2 x], f32, partial add over y>
  // expected-error @+1 {{'dist.all_reduce' a result's type must be its operand's, complete}}
  %p = "dist.all_reduce"(%a) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %q = "dist.all_reduce"(%b) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  "dist.return"(%q) {names = ["q"]} : (!dist.tensor<@io, [2 x], f32>) -> ()
}) {sym_name = "decode"} : () -> ()
