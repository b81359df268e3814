// RUN: partition

// What is distributed already stays.
"dist.grid"() {sym_name = "io"} : () -> ()
"dist.func"() ({
  %0 = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [3 y], f16>
  %1 = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [3 y, 2 x], f16>
  %2 = "dist.matvec"(%0, %1) : (!dist.tensor<@io, [3 y], f16>, !dist.tensor<@io, [3 y, 2 x], f16>) -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %3 = "dist.all_reduce"(%2) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  %4 = "dist.map"(%3) {fn = "cast"} : (!dist.tensor<@io, [2 x], f32>) -> !dist.tensor<@io, [2 x], f16>
  "dist.return"(%4) {names = ["y"]} : (!dist.tensor<@io, [2 x], f16>) -> ()
}) {sym_name = "decode"} : () -> ()
"dist.variable"() {kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [3 y, 2 x], f16>} : () -> ()
