// RUN: route

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 2, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 1}
// The all-reduce along y: one PE sends its partial sums up, the root sends the total down. Colors 0 to 2 are x's.
// CHECK: "fabric.route"() {color = 4 : i64, flow = "io.0.y.reduce", input = "S", outputs = ["RAMP"], rect = array<i64: 0, 0, 1, 1, 1, 1>}
// CHECK: "fabric.route"() {color = 5 : i64, flow = "io.0.y.broadcast", input = "RAMP", outputs = ["S"], rect = array<i64: 0, 0, 1, 1, 1, 1>}
// CHECK: "fabric.route"() {color = 4 : i64, flow = "io.0.y.reduce", input = "RAMP", outputs = ["N"], rect = array<i64: 0, 1, 1, 1, 1, 1>}
// CHECK: "fabric.route"() {color = 5 : i64, flow = "io.0.y.broadcast", input = "N", outputs = ["RAMP"], rect = array<i64: 0, 1, 1, 1, 1, 1>}
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
}) {fabric.grid = array<i64: 1, 2>, fabric.target = #target} : () -> ()
