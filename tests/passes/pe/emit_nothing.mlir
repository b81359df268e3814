// RUN: emit

#target = {await_cycles = 30, branch_cycles = 6, clock_hz = 850000000, code_bytes = 14848, colors = 24, comm_setup_cycles = 15, compare_cycles = 2, core_input_queue_wavelets = 6, core_output_queue_wavelets = 6, f16_elements_per_cycle = 4, f32_elements_per_cycle = 1, height = 2, hop_cycles = 1, mixed_fma_per_cycle = 2, name = "tiny", ramp_cycles = 2, reserved_colors = 3, router_queue_wavelets = 2, scalar_cycles = 1, special_function_cycles = 30, sram_bytes = 49152, sram_read_bytes_per_cycle = 16, sram_write_bytes_per_cycle = 8, switch_positions = 4, turn_cycles = 0, vector_call_cycles = 7, width = 1}
// No region, no program.
"builtin.module"() ({
"dist.grid"() {sym_name = "io"} : () -> ()
}) {fabric.target = #target} : () -> ()
