"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "wte", sym_name = "wte", type = tensor<6x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "wpe", sym_name = "wpe", type = tensor<3x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "ln", sym_name = "ln", type = tensor<4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "ln_bias", sym_name = "ln_bias", type = tensor<4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.ln1", stacked, sym_name = "block.ln1", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.ln1_bias", stacked, sym_name = "block.ln1_bias", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.ln2", stacked, sym_name = "block.ln2", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.ln2_bias", stacked, sym_name = "block.ln2_bias", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.attn", stacked, sym_name = "block.attn", type = tensor<2x4x12xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.attn_bias", stacked, sym_name = "block.attn_bias", type = tensor<2x12xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.proj", stacked, sym_name = "block.proj", type = tensor<2x4x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.proj_bias", stacked, sym_name = "block.proj_bias", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.up", stacked, sym_name = "block.up", type = tensor<2x4x16xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.up_bias", stacked, sym_name = "block.up_bias", type = tensor<2x16xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.down", stacked, sym_name = "block.down", type = tensor<2x16x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "block.{}.down_bias", stacked, sym_name = "block.down_bias", type = tensor<2x4xf16>} : () -> ()
  "nn.variable"() {kind = "cache", source = "block.{}.keys", stacked, sym_name = "block.keys", type = tensor<2x3x2x2xf16>} : () -> ()
  "nn.variable"() {kind = "cache", source = "block.{}.values", stacked, sym_name = "block.values", type = tensor<2x3x2x2xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<1xi32>):
    %0 = "nn.read"() {variable = @wte} : () -> tensor<6x4xf16>
    %1 = "nn.gather"(%0, %arg0) : (tensor<6x4xf16>, tensor<1xi32>) -> tensor<1x4xf16>
    %2 = "nn.read"() {variable = @wpe} : () -> tensor<3x4xf16>
    %3 = "nn.position"() : () -> tensor<1xi32>
    %4 = "nn.gather"(%2, %3) : (tensor<3x4xf16>, tensor<1xi32>) -> tensor<1x4xf16>
    %5 = "nn.add"(%1, %4) : (tensor<1x4xf16>, tensor<1x4xf16>) -> tensor<1x4xf16>
    %6 = "nn.repeat"(%5) ({
    ^bb0(%arg1: index, %arg2: tensor<1x4xf16>):
      %13 = "nn.read"(%arg1) {variable = @block.ln1} : (index) -> tensor<4xf16>
      %14 = "nn.read"(%arg1) {variable = @block.ln1_bias} : (index) -> tensor<4xf16>
      %15 = "nn.layernorm"(%arg2, %13, %14) {eps = 1.0e-05 : f32} : (tensor<1x4xf16>, tensor<4xf16>, tensor<4xf16>) -> tensor<1x4xf16>
      %16 = "nn.read"(%arg1) {variable = @block.attn} : (index) -> tensor<4x12xf16>
      %17 = "nn.matmul"(%15, %16) : (tensor<1x4xf16>, tensor<4x12xf16>) -> tensor<1x12xf16>
      %18 = "nn.read"(%arg1) {variable = @block.attn_bias} : (index) -> tensor<12xf16>
      %19 = "nn.add"(%17, %18) : (tensor<1x12xf16>, tensor<12xf16>) -> tensor<1x12xf16>
      %20 = "nn.slice"(%19) {axis = 1 : i64, end = 4 : i64, start = 0 : i64} : (tensor<1x12xf16>) -> tensor<1x4xf16>
      %21 = "nn.reshape"(%20) : (tensor<1x4xf16>) -> tensor<1x2x2xf16>
      %22 = "nn.slice"(%19) {axis = 1 : i64, end = 8 : i64, start = 4 : i64} : (tensor<1x12xf16>) -> tensor<1x4xf16>
      %23 = "nn.reshape"(%22) : (tensor<1x4xf16>) -> tensor<1x2x2xf16>
      %24 = "nn.append"(%23, %arg1) {variable = @block.keys} : (tensor<1x2x2xf16>, index) -> tensor<?x2x2xf16>
      %25 = "nn.slice"(%19) {axis = 1 : i64, end = 12 : i64, start = 8 : i64} : (tensor<1x12xf16>) -> tensor<1x4xf16>
      %26 = "nn.reshape"(%25) : (tensor<1x4xf16>) -> tensor<1x2x2xf16>
      %27 = "nn.append"(%26, %arg1) {variable = @block.values} : (tensor<1x2x2xf16>, index) -> tensor<?x2x2xf16>
      %28 = "nn.attention"(%21, %24, %27) {causal = true} : (tensor<1x2x2xf16>, tensor<?x2x2xf16>, tensor<?x2x2xf16>) -> tensor<1x2x2xf16>
      %29 = "nn.reshape"(%28) : (tensor<1x2x2xf16>) -> tensor<1x4xf16>
      %30 = "nn.read"(%arg1) {variable = @block.proj} : (index) -> tensor<4x4xf16>
      %31 = "nn.matmul"(%29, %30) : (tensor<1x4xf16>, tensor<4x4xf16>) -> tensor<1x4xf16>
      %32 = "nn.read"(%arg1) {variable = @block.proj_bias} : (index) -> tensor<4xf16>
      %33 = "nn.fused"(%arg2, %31, %32) ({
      ^bb0(%arg3: tensor<1x4xf16>, %arg4: tensor<1x4xf16>, %arg5: tensor<4xf16>):
        %45 = "nn.add"(%arg3, %arg4) : (tensor<1x4xf16>, tensor<1x4xf16>) -> tensor<1x4xf32>
        %46 = "nn.add"(%45, %arg5) : (tensor<1x4xf32>, tensor<4xf16>) -> tensor<1x4xf16>
        "nn.yield"(%46) : (tensor<1x4xf16>) -> ()
      }) : (tensor<1x4xf16>, tensor<1x4xf16>, tensor<4xf16>) -> tensor<1x4xf16>
      %34 = "nn.read"(%arg1) {variable = @block.ln2} : (index) -> tensor<4xf16>
      %35 = "nn.read"(%arg1) {variable = @block.ln2_bias} : (index) -> tensor<4xf16>
      %36 = "nn.layernorm"(%33, %34, %35) {eps = 1.0e-05 : f32} : (tensor<1x4xf16>, tensor<4xf16>, tensor<4xf16>) -> tensor<1x4xf16>
      %37 = "nn.read"(%arg1) {variable = @block.up} : (index) -> tensor<4x16xf16>
      %38 = "nn.matmul"(%36, %37) : (tensor<1x4xf16>, tensor<4x16xf16>) -> tensor<1x16xf16>
      %39 = "nn.read"(%arg1) {variable = @block.up_bias} : (index) -> tensor<16xf16>
      %40 = "nn.fused"(%38, %39) ({
      ^bb0(%arg3: tensor<1x16xf16>, %arg4: tensor<16xf16>):
        %45 = "nn.add"(%arg3, %arg4) : (tensor<1x16xf16>, tensor<16xf16>) -> tensor<1x16xf32>
        %46 = "nn.gelu"(%45) : (tensor<1x16xf32>) -> tensor<1x16xf16>
        "nn.yield"(%46) : (tensor<1x16xf16>) -> ()
      }) : (tensor<1x16xf16>, tensor<16xf16>) -> tensor<1x16xf16>
      %41 = "nn.read"(%arg1) {variable = @block.down} : (index) -> tensor<16x4xf16>
      %42 = "nn.matmul"(%40, %41) : (tensor<1x16xf16>, tensor<16x4xf16>) -> tensor<1x4xf16>
      %43 = "nn.read"(%arg1) {variable = @block.down_bias} : (index) -> tensor<4xf16>
      %44 = "nn.fused"(%33, %42, %43) ({
      ^bb0(%arg3: tensor<1x4xf16>, %arg4: tensor<1x4xf16>, %arg5: tensor<4xf16>):
        %45 = "nn.add"(%arg3, %arg4) : (tensor<1x4xf16>, tensor<1x4xf16>) -> tensor<1x4xf32>
        %46 = "nn.add"(%45, %arg5) : (tensor<1x4xf32>, tensor<4xf16>) -> tensor<1x4xf16>
        "nn.yield"(%46) : (tensor<1x4xf16>) -> ()
      }) : (tensor<1x4xf16>, tensor<1x4xf16>, tensor<4xf16>) -> tensor<1x4xf16>
      "nn.yield"(%44) : (tensor<1x4xf16>) -> ()
    }) {count = 2 : i64, label = "block"} : (tensor<1x4xf16>) -> tensor<1x4xf16>
    %7 = "nn.read"() {variable = @ln} : () -> tensor<4xf16>
    %8 = "nn.read"() {variable = @ln_bias} : () -> tensor<4xf16>
    %9 = "nn.layernorm"(%6, %7, %8) {eps = 1.0e-05 : f32} : (tensor<1x4xf16>, tensor<4xf16>, tensor<4xf16>) -> tensor<1x4xf16>
    %10 = "nn.transpose"(%0) : (tensor<6x4xf16>) -> tensor<4x6xf16>
    %11 = "nn.matmul"(%9, %10) : (tensor<1x4xf16>, tensor<4x6xf16>) -> tensor<1x6xf16>
    %12 = "nn.argmax"(%11) : (tensor<1x6xf16>) -> tensor<1xi32>
    "nn.return"(%12, %11) : (tensor<1xi32>, tensor<1x6xf16>) -> ()
  }) {arg_names = ["tokens"], function_type = (tensor<1xi32>) -> (tensor<1xi32>, tensor<1x6xf16>), sym_name = "decode"} : () -> ()
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 2 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 4 : i64}, nn.accumulate = f32, nn.constants = {context = 3 : i64, dim = 4 : i64, ffn = 16 : i64, head_dim = 2 : i64, heads = 2 : i64, layers = 2 : i64, vocab = 6 : i64}, nn.model = "gpt2"} : () -> ()
