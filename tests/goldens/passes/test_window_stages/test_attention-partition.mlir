"builtin.module"() ({
  "dist.grid"() {sym_name = "io"} : () -> ()
  "dist.func"() ({
    %0 = "dist.input"() {name = "x"} : () -> !dist.tensor<@io, [4 y, 3], f16>
    %1 = "dist.read"() {variable = @w} : () -> !dist.tensor<@io, [4 y, 4 x], f16>
    %2 = "dist.matvec"(%0, %1) : (!dist.tensor<@io, [4 y, 3], f16>, !dist.tensor<@io, [4 y, 4 x], f16>) -> !dist.tensor<@io, [4 x, 3], f32, partial add over y>
    %3 = "dist.all_reduce"(%2) {axis = "y", fn = "add"} : (!dist.tensor<@io, [4 x, 3], f32, partial add over y>) -> !dist.tensor<@io, [4 x, 3], f32>
    %4 = "dist.map"(%3) {fn = "cast"} : (!dist.tensor<@io, [4 x, 3], f32>) -> !dist.tensor<@io, [4 x, 3], f16>
    %5 = "dist.read"() {variable = @b} : () -> !dist.tensor<@io, [4 x], f16>
    %6 = "dist.map"(%4, %5) {fn = "add"} : (!dist.tensor<@io, [4 x, 3], f16>, !dist.tensor<@io, [4 x], f16>) -> !dist.tensor<@io, [4 x, 3], f16>
    %7 = "dist.scores"(%6, %6) {head_dim = 2 : i64} : (!dist.tensor<@io, [4 x, 3], f16>, !dist.tensor<@io, [4 x, 3], f16>) -> !dist.tensor<@io, [2, 3 y, 3], f32, partial add over x>
    %8 = "dist.all_reduce"(%7) {axis = "x", fn = "add"} : (!dist.tensor<@io, [2, 3 y, 3], f32, partial add over x>) -> !dist.tensor<@io, [2, 3 y, 3], f32>
    %9 = "dist.softmax_max"(%8) {causal, features = #dist.split<4 x>, head_dim = 2 : i64} : (!dist.tensor<@io, [2, 3 y, 3], f32>) -> !dist.tensor<@io, [2, 3 y], f32>
    %10:2 = "dist.softmax_mix"(%8, %9, %6) {causal, head_dim = 2 : i64, scale = 0.70710677 : f32} : (!dist.tensor<@io, [2, 3 y, 3], f32>, !dist.tensor<@io, [2, 3 y], f32>, !dist.tensor<@io, [4 x, 3], f16>) -> (!dist.tensor<@io, [4 x, 3 y], f32>, !dist.tensor<@io, [2, 3 y], f32>)
    %11 = "dist.softmax_divide"(%10#0, %10#1) {head_dim = 2 : i64} : (!dist.tensor<@io, [4 x, 3 y], f32>, !dist.tensor<@io, [2, 3 y], f32>) -> !dist.tensor<@io, [4 x, 3 y], f16>
    %12 = "dist.spread"(%11) : (!dist.tensor<@io, [4 x, 3 y], f16>) -> !dist.tensor<@io, [4 x, 3], f16, partial add over y>
    %13 = "dist.all_reduce"(%12) {axis = "y", fn = "add"} : (!dist.tensor<@io, [4 x, 3], f16, partial add over y>) -> !dist.tensor<@io, [4 x, 3], f16>
    "dist.return"(%13) {names = ["output0"]} : (!dist.tensor<@io, [4 x, 3], f16>) -> ()
  }) {sym_name = "encode"} : () -> ()
  "dist.variable"() {kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [4 y, 4 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "b", sym_name = "b", type = !dist.tensor<@io, [4 x], f16>} : () -> ()
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 2 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 1 : i64}, nn.accumulate = f32, nn.constants = {dim = 4 : i64, heads = 2 : i64, window = 3 : i64}, nn.model = "attend"} : () -> ()
