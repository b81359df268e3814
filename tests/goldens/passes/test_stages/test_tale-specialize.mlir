"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "embed", sym_name = "embed", type = tensor<8x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "norm", sym_name = "norm", type = tensor<8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "head", sym_name = "head", type = tensor<8x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.norm1", stacked, sym_name = "block.norm1", type = tensor<2x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.norm2", stacked, sym_name = "block.norm2", type = tensor<2x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.wq", stacked, sym_name = "block.wq", type = tensor<2x8x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.wk", stacked, sym_name = "block.wk", type = tensor<2x8x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.wv", stacked, sym_name = "block.wv", type = tensor<2x8x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.wo", stacked, sym_name = "block.wo", type = tensor<2x8x8xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.gate", stacked, sym_name = "block.gate", type = tensor<2x8x6xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.up", stacked, sym_name = "block.up", type = tensor<2x8x6xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.down", stacked, sym_name = "block.down", type = tensor<2x6x8xf16>} : () -> ()
  "nn.variable"() {kind = "cache", source = "block.{}.keys", stacked, sym_name = "block.keys", type = tensor<2x4x1x4xf16>} : () -> ()
  "nn.variable"() {kind = "cache", source = "block.{}.values", stacked, sym_name = "block.values", type = tensor<2x4x1x4xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<1xi32>):
    %0 = "nn.read"() {variable = @embed} : () -> tensor<8x8xf16>
    %1 = "nn.gather"(%0, %arg0) : (tensor<8x8xf16>, tensor<1xi32>) -> tensor<1x8xf16>
    %2 = "nn.repeat"(%1) ({
    ^bb0(%arg1: index, %arg2: tensor<1x8xf16>):
      %8 = "nn.read"(%arg1) {variable = @block.norm1} : (index) -> tensor<8xf16>
      %9 = "nn.rmsnorm"(%arg2, %8) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
      %10 = "nn.read"(%arg1) {variable = @block.wq} : (index) -> tensor<8x8xf16>
      %11 = "nn.matmul"(%9, %10) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
      %12 = "nn.reshape"(%11) : (tensor<1x8xf16>) -> tensor<1x2x4xf16>
      %13 = "nn.rope"(%12) {theta = 10000.0 : f32} : (tensor<1x2x4xf16>) -> tensor<1x2x4xf16>
      %14 = "nn.read"(%arg1) {variable = @block.wk} : (index) -> tensor<8x4xf16>
      %15 = "nn.matmul"(%9, %14) : (tensor<1x8xf16>, tensor<8x4xf16>) -> tensor<1x4xf16>
      %16 = "nn.reshape"(%15) : (tensor<1x4xf16>) -> tensor<1x1x4xf16>
      %17 = "nn.rope"(%16) {theta = 10000.0 : f32} : (tensor<1x1x4xf16>) -> tensor<1x1x4xf16>
      %18 = "nn.append"(%17, %arg1) {variable = @block.keys} : (tensor<1x1x4xf16>, index) -> tensor<?x1x4xf16>
      %19 = "nn.read"(%arg1) {variable = @block.wv} : (index) -> tensor<8x4xf16>
      %20 = "nn.matmul"(%9, %19) : (tensor<1x8xf16>, tensor<8x4xf16>) -> tensor<1x4xf16>
      %21 = "nn.reshape"(%20) : (tensor<1x4xf16>) -> tensor<1x1x4xf16>
      %22 = "nn.append"(%21, %arg1) {variable = @block.values} : (tensor<1x1x4xf16>, index) -> tensor<?x1x4xf16>
      %23 = "nn.attention"(%13, %18, %22) {causal = true} : (tensor<1x2x4xf16>, tensor<?x1x4xf16>, tensor<?x1x4xf16>) -> tensor<1x2x4xf16>
      %24 = "nn.reshape"(%23) : (tensor<1x2x4xf16>) -> tensor<1x8xf16>
      %25 = "nn.read"(%arg1) {variable = @block.wo} : (index) -> tensor<8x8xf16>
      %26 = "nn.matmul"(%24, %25) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
      %27 = "nn.add"(%arg2, %26) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
      %28 = "nn.read"(%arg1) {variable = @block.norm2} : (index) -> tensor<8xf16>
      %29 = "nn.rmsnorm"(%27, %28) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
      %30 = "nn.read"(%arg1) {variable = @block.gate} : (index) -> tensor<8x6xf16>
      %31 = "nn.matmul"(%29, %30) : (tensor<1x8xf16>, tensor<8x6xf16>) -> tensor<1x6xf16>
      %32 = "nn.silu"(%31) : (tensor<1x6xf16>) -> tensor<1x6xf16>
      %33 = "nn.read"(%arg1) {variable = @block.up} : (index) -> tensor<8x6xf16>
      %34 = "nn.matmul"(%29, %33) : (tensor<1x8xf16>, tensor<8x6xf16>) -> tensor<1x6xf16>
      %35 = "nn.mul"(%32, %34) : (tensor<1x6xf16>, tensor<1x6xf16>) -> tensor<1x6xf16>
      %36 = "nn.read"(%arg1) {variable = @block.down} : (index) -> tensor<6x8xf16>
      %37 = "nn.matmul"(%35, %36) : (tensor<1x6xf16>, tensor<6x8xf16>) -> tensor<1x8xf16>
      %38 = "nn.add"(%27, %37) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf16>
      "nn.yield"(%38) : (tensor<1x8xf16>) -> ()
    }) {count = 2 : i64, label = "block"} : (tensor<1x8xf16>) -> tensor<1x8xf16>
    %3 = "nn.read"() {variable = @norm} : () -> tensor<8xf16>
    %4 = "nn.rmsnorm"(%2, %3) {eps = 1.0e-05 : f32} : (tensor<1x8xf16>, tensor<8xf16>) -> tensor<1x8xf16>
    %5 = "nn.read"() {variable = @head} : () -> tensor<8x8xf16>
    %6 = "nn.matmul"(%4, %5) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
    %7 = "nn.argmax"(%6) : (tensor<1x8xf16>) -> tensor<1xi32>
    "nn.return"(%7, %6) : (tensor<1xi32>, tensor<1x8xf16>) -> ()
  }) {arg_names = ["tokens"], function_type = (tensor<1xi32>) -> (tensor<1xi32>, tensor<1x8xf16>), sym_name = "decode"} : () -> ()
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 1 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {context = 4 : i64, dim = 8 : i64, ffn = 6 : i64, head_dim = 4 : i64, heads = 2 : i64, kv_heads = 1 : i64, layers = 2 : i64, vocab = 8 : i64}, nn.model = "tale"} : () -> ()
