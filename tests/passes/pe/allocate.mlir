// RUN: allocate

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 2, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 1}
// Weights, the input and the output have memory of their own; of what lives in between, one after the other shares.
// CHECK: "fabric.region"
// CHECK-NEXT: "pe.buffer"() {bytes = 8 : i64, kind = "weight", offset = 0 : i64, sym_name = "w"}
// CHECK-NEXT: "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 8 : i64, sym_name = "input.x"}
// CHECK-NEXT: "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 12 : i64, sym_name = "output.y"}
// CHECK-NEXT: "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 16 : i64, sym_name = "message"}
// CHECK: "dist.all_reduce"({{.*}}pe.buffers = [@io::@message]
// CHECK: }) {grid = "io", height = 2 : i64, sram_bytes = {{[0-9]+}} : i64
// CHECK: "pe.variable"() {buffer = @io::@w, kind = "weight", source = "w"
// CHECK: "pe.variable"() {buffer = @io::@input.x, kind = "input", sym_name = "input.x"
// CHECK: "pe.variable"() {buffer = @io::@output.y, kind = "output", sym_name = "output.y"
// CHECK-NOT: "dist.variable"
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
