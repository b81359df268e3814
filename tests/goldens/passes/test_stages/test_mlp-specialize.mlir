"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "w1", sym_name = "w1", type = tensor<6x5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b1", sym_name = "b1", type = tensor<5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "w2", sym_name = "w2", type = tensor<5x5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b2", sym_name = "b2", type = tensor<5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "w3", sym_name = "w3", type = tensor<5x3xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b3", sym_name = "b3", type = tensor<3xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<1x6xf16>):
    %0 = "nn.read"() {variable = @w1} : () -> tensor<6x5xf16>
    %1 = "nn.matmul"(%arg0, %0) : (tensor<1x6xf16>, tensor<6x5xf16>) -> tensor<1x5xf16>
    %2 = "nn.read"() {variable = @b1} : () -> tensor<5xf16>
    %3 = "nn.add"(%1, %2) : (tensor<1x5xf16>, tensor<5xf16>) -> tensor<1x5xf16>
    %4 = "nn.relu"(%3) : (tensor<1x5xf16>) -> tensor<1x5xf16>
    %5 = "nn.read"() {variable = @w2} : () -> tensor<5x5xf16>
    %6 = "nn.matmul"(%4, %5) : (tensor<1x5xf16>, tensor<5x5xf16>) -> tensor<1x5xf16>
    %7 = "nn.read"() {variable = @b2} : () -> tensor<5xf16>
    %8 = "nn.add"(%6, %7) : (tensor<1x5xf16>, tensor<5xf16>) -> tensor<1x5xf16>
    %9 = "nn.relu"(%8) : (tensor<1x5xf16>) -> tensor<1x5xf16>
    %10 = "nn.read"() {variable = @w3} : () -> tensor<5x3xf16>
    %11 = "nn.matmul"(%9, %10) : (tensor<1x5xf16>, tensor<5x3xf16>) -> tensor<1x3xf16>
    %12 = "nn.read"() {variable = @b3} : () -> tensor<3xf16>
    %13 = "nn.add"(%11, %12) : (tensor<1x3xf16>, tensor<3xf16>) -> tensor<1x3xf16>
    %14 = "nn.argmax"(%13) : (tensor<1x3xf16>) -> tensor<1xi32>
    "nn.return"(%14, %13) : (tensor<1xi32>, tensor<1x3xf16>) -> ()
  }) {arg_names = ["x"], function_type = (tensor<1x6xf16>) -> (tensor<1xi32>, tensor<1x3xf16>), sym_name = "decode"} : () -> ()
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 3 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {classes = 3 : i64, hidden = 5 : i64, inputs = 6 : i64}, nn.model = "mlp"} : () -> ()
