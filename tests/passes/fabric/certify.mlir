// RUN: certify

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 1, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 3}
// Another color comes down the same ramp, over the same link.
// CHECK: fabric.certificate = {flows = ["away, also"], kind = "checked", links = 1 : i64, ramps = 1 : i64}
"builtin.module"() ({
^bb0:
  "fabric.route"() {color = 0 : i64, flow = "away", input = "RAMP", outputs = ["E"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["E", "RAMP"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["RAMP"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "also", input = "RAMP", outputs = ["E"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "also", input = "W", outputs = ["RAMP"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 3, 1>, fabric.target = #target} : () -> ()

// -----

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 1, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 3}
// The other way there are other links and ramps.
// CHECK: fabric.certificate = {flows = [], kind = "static", links = 0 : i64, ramps = 0 : i64}
"builtin.module"() ({
^bb0:
  "fabric.route"() {color = 0 : i64, flow = "away", input = "RAMP", outputs = ["E"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["E", "RAMP"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["RAMP"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "back", input = "RAMP", outputs = ["W"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "back", input = "E", outputs = ["W"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "back", input = "E", outputs = ["RAMP"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 3, 1>, fabric.target = #target} : () -> ()

// -----

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 1, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 3}
// Two senders of one color take turns by switch positions.
// CHECK: fabric.certificate = {flows = [], kind = "static", links = 0 : i64, ramps = 0 : i64}
"builtin.module"() ({
^bb0:
  "fabric.route"() {color = 2 : i64, flow = "merge", input = "RAMP", messages = 1 : i64, outputs = ["W"], position = 0 : i64, rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 2 : i64, flow = "merge", input = "E", messages = 1 : i64, outputs = ["W"], position = 1 : i64, rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 2 : i64, flow = "merge", input = "RAMP", outputs = ["W"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 2 : i64, flow = "merge", input = "E", outputs = ["RAMP"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 3, 1>, fabric.target = #target} : () -> ()
