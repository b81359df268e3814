// RUN: emit

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 2, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 1}
// Two classes of PEs: the root of the chain along y adds what comes up and sends the total down; the end does the rest.
// CHECK: "fabric.region"
// CHECK-NOT: "dist.
// CHECK: "pe.program"
// CHECK: "pe.fma"
// CHECK: "pe.recv_reduce"(%{{.*}}) {{.*}}fn = "add"
// CHECK: "pe.send"
// CHECK: "pe.return"
// CHECK-NEXT: }) {sym_name = "single.root"}
// CHECK: "pe.program"
// CHECK: "pe.fma"
// CHECK: "pe.send"
// CHECK: "pe.recv"
// CHECK: "pe.return"
// CHECK-NEXT: }) {sym_name = "single.end"}
// CHECK: "pe.tile"() {{.*}}columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@single.root, rows = array<i64: 0, 1, 1>
// CHECK: "pe.tile"() {{.*}}columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@single.end, rows = array<i64: 1, 1, 1>
// CHECK-NOT: "dist.
"builtin.module"() ({
"fabric.region"() ({
  "pe.buffer"() {bytes = 8, kind = "weight", offset = 0, sym_name = "w"} : () -> ()
  "pe.buffer"() {bytes = 4, kind = "state", offset = 8, sym_name = "input.x"} : () -> ()
  "pe.buffer"() {bytes = 4, kind = "state", offset = 12, sym_name = "output.y"} : () -> ()
  "pe.buffer"() {bytes = 8, kind = "temp", offset = 16, sym_name = "message"} : () -> ()
  "pe.buffer"() {bytes = 4, kind = "temp", offset = 24, sym_name = "map"} : () -> ()
  %0 = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [3 y], f16>
  %1 = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [3 y, 2 x], f16>
  %2 = "dist.matvec"(%0, %1) {pe.buffers = [@io::@message]} : (!dist.tensor<@io, [3 y], f16>, !dist.tensor<@io, [3 y, 2 x], f16>) -> !dist.tensor<@io, [2 x], f32, partial add over y>
  %3 = "dist.all_reduce"(%2) {axis = "y", fn = "add", pe.buffers = [@io::@message]} : (!dist.tensor<@io, [2 x], f32, partial add over y>) -> !dist.tensor<@io, [2 x], f32>
  %4 = "dist.map"(%3) {fn = "cast", pe.buffers = [@io::@map]} : (!dist.tensor<@io, [2 x], f32>) -> !dist.tensor<@io, [2 x], f16>
  "dist.return"(%4) {names = ["y"]} : (!dist.tensor<@io, [2 x], f16>) -> ()
}) {grid = "io", height = 2, sram_bytes = 28, sym_name = "io", width = 1} : () -> ()
"fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
"pe.variable"() {buffer = @io::@w, kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [3 y, 2 x], f16>} : () -> ()
"pe.variable"() {buffer = @io::@input.x, kind = "input", sym_name = "input.x", type = !dist.tensor<@io, [3 y], f16>} : () -> ()
"pe.variable"() {buffer = @io::@output.y, kind = "output", sym_name = "output.y", type = !dist.tensor<@io, [2 x], f16>} : () -> ()
}) {fabric.grid = array<i64: 1, 2>, fabric.target = #target} : () -> ()
