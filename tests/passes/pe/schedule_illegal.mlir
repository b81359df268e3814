// RUN: schedule

// expected-error @+1 {{the module has no target (attribute 'fabric.target')}}
"builtin.module"() ({
"dist.variable"() {kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [3 y, 2 x], f16>} : () -> ()
"fabric.region"() ({
  %0 = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [3 y], f16>
  %1 = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [3 y, 2 x], f16>
  %2 = "dist.matvec"(%0, %1) : (!dist.tensor<@io, [3 y], f16>, !dist.tensor<@io, [3 y, 2 x], f16>) -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %3 = "dist.all_reduce"(%2) {axis = "y", fn = "add"} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  %4 = "dist.map"(%3) {fn = "cast"} : (!dist.tensor<@io, [2 x], f32>) -> !dist.tensor<@io, [2 x], f16>
  "dist.return"(%4) {names = ["y"]} : (!dist.tensor<@io, [2 x], f16>) -> ()
}) {grid = "io", height = 2 : i64, sym_name = "io", width = 1 : i64} : () -> ()
"fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
}) {fabric.grid = array<i64: 1, 2>} : () -> ()
