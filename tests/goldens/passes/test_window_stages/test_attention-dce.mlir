"builtin.module"() ({
  "fabric.region"() ({
    "pe.buffer"() {bytes = 32 : i64, kind = "weight", offset = 0 : i64, sym_name = "w"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "weight", offset = 32 : i64, sym_name = "b"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "state", offset = 40 : i64, sym_name = "input.x"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "state", offset = 64 : i64, sym_name = "output.output0"} : () -> ()
    "pe.buffer"() {bytes = 48 : i64, kind = "temp", offset = 88 : i64, sym_name = "message"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 136 : i64, sym_name = "map"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 208 : i64, sym_name = "map.1"} : () -> ()
    "pe.buffer"() {bytes = 72 : i64, kind = "temp", offset = 88 : i64, sym_name = "message.1"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 232 : i64, sym_name = "softmax_max"} : () -> ()
    "pe.buffer"() {bytes = 48 : i64, kind = "temp", offset = 160 : i64, sym_name = "softmax_mix.0"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 256 : i64, sym_name = "softmax_mix.1"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 88 : i64, sym_name = "softmax_divide"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 112 : i64, sym_name = "message.2"} : () -> ()
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@w} : () -> index
      %1 = "pe.constant"() {value = 1 : i64} : () -> index
      %2 = "pe.constant"() {value = 4 : i64} : () -> index
      %3 = "pe.constant"() {value = 3 : i64} : () -> index
      %4 = "pe.constant"() {value = 0 : i64} : () -> index
      %5 = "pe.address"() {buffer = @io::@message} : () -> index
      %6 = "pe.constant"() {value = 12 : i64} : () -> index
      %7 = "pe.address"() {buffer = @io::@input.x} : () -> index
      %8 = "pe.constant"() {value = 2 : i64} : () -> index
      %9 = "pe.address"() {buffer = @io::@map} : () -> index
      %10 = "pe.address"() {buffer = @io::@b} : () -> index
      %11 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %12 = "pe.coord"() {axis = "y"} : () -> index
      %13 = "pe.muli"(%12, %3) : (index, index) -> index
      %14 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %15 = "pe.constant"() {value = 6 : i64} : () -> index
      %16 = "pe.constant"() {value = 18 : i64} : () -> index
      %17 = "pe.coord"() {axis = "x"} : () -> index
      %18 = "pe.muli"(%17, %2) : (index, index) -> index
      %19 = "pe.divi"(%18, %8) : (index, index) -> index
      %20 = "pe.constant"() {value = 5 : i64} : () -> index
      %21 = "pe.addi"(%18, %20) : (index, index) -> index
      %22 = "pe.divi"(%21, %8) : (index, index) -> index
      %23 = "pe.subi"(%22, %19) : (index, index) -> index
      %24 = "pe.constant"() {value = 9 : i64} : () -> index
      %25 = "pe.address"() {buffer = @io::@softmax_max} : () -> index
      %26 = "pe.address"() {buffer = @io::@softmax_mix.1} : () -> index
      %27 = "pe.address"() {buffer = @io::@softmax_mix.0} : () -> index
      %28 = "pe.address"() {buffer = @io::@softmax_divide} : () -> index
      %29 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %30 = "pe.address"() {buffer = @io::@output.output0} : () -> index
      %31 = "pe.dsd"(%5, %1, %4, %6, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%31) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      "pe.for"(%4, %3) ({
      ^bb0(%arg0: index):
        %54 = "pe.muli"(%arg0, %2) : (index, index) -> index
        %55 = "pe.addi"(%5, %54) : (index, index) -> index
        %56 = "pe.dsd"(%55, %2, %4, %2, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %57 = "pe.muli"(%arg0, %8) : (index, index) -> index
        %58 = "pe.addi"(%7, %57) : (index, index) -> index
        %59 = "pe.dsd"(%58, %2, %3, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
        %60 = "pe.dsd"(%0, %2, %2, %2, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%56, %59, %60) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      %32 = "pe.dsd"(%9, %1, %4, %6, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%32, %31) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %33 = "pe.dsd"(%11, %2, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %34 = "pe.dsd"(%9, %2, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %35 = "pe.dsd"(%10, %2, %1, %3, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%33, %34, %35) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %36 = "pe.dsd"(%14, %1, %4, %16, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%36) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      "pe.for"(%19, %22) ({
      ^bb0(%arg0: index):
        %54 = "pe.muli"(%arg0, %8) : (index, index) -> index
        %55 = "pe.subi"(%54, %18) : (index, index) -> index
        %56 = "pe.maxi"(%55, %4) : (index, index) -> index
        %57 = "pe.addi"(%55, %8) : (index, index) -> index
        %58 = "pe.mini"(%57, %2) : (index, index) -> index
        %59 = "pe.subi"(%58, %56) : (index, index) -> index
        "pe.for"(%4, %59) ({
        ^bb0(%arg1: index):
          %60 = "pe.addi"(%56, %arg1) : (index, index) -> index
          %61 = "pe.muli"(%60, %3) : (index, index) -> index
          %62 = "pe.addi"(%61, %13) : (index, index) -> index
          %63 = "pe.constant"() {value = 36 : i64} : () -> index
          %64 = "pe.muli"(%arg0, %63) : (index, index) -> index
          %65 = "pe.addi"(%14, %64) : (index, index) -> index
          %66 = "pe.dsd"(%65, %3, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
          %67 = "pe.muli"(%62, %8) : (index, index) -> index
          %68 = "pe.addi"(%11, %67) : (index, index) -> index
          %69 = "pe.dsd"(%68, %3, %1, %3, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
          %70 = "pe.muli"(%60, %15) : (index, index) -> index
          %71 = "pe.addi"(%11, %70) : (index, index) -> index
          %72 = "pe.dsd"(%71, %3, %4, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
          "pe.fma"(%66, %69, %72) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
          "pe.yield"() : () -> ()
        }) : (index, index) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      %37 = "pe.addi"(%13, %1) : (index, index) -> index
      "pe.for"(%4, %3) ({
      ^bb0(%arg0: index):
        %54 = "pe.addi"(%37, %arg0) : (index, index) -> index
        %55 = "pe.muli"(%19, %3) : (index, index) -> index
        %56 = "pe.addi"(%55, %arg0) : (index, index) -> index
        %57 = "pe.muli"(%56, %3) : (index, index) -> index
        %58 = "pe.addi"(%57, %54) : (index, index) -> index
        %59 = "pe.subi"(%3, %54) : (index, index) -> index
        %60 = "pe.muli"(%58, %2) : (index, index) -> index
        %61 = "pe.addi"(%14, %60) : (index, index) -> index
        %62 = "pe.dsd"(%61, %23, %24, %59, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%62) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      %38 = "pe.muli"(%23, %3) : (index, index) -> index
      %39 = "pe.constant"() {value = 36 : i64} : () -> index
      %40 = "pe.muli"(%19, %39) : (index, index) -> index
      %41 = "pe.addi"(%14, %40) : (index, index) -> index
      %42 = "pe.dsd"(%41, %38, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %43 = "pe.dsd"(%25, %1, %4, %38, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%43) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%25, %38, %1, %3, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%44, %44, %42) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.map"(%42, %42, %44) {fn = "sub"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.map"(%42, %42) {fn = "mul", value = 0.70710677 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.map"(%42, %42) {fn = "exp"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %45 = "pe.dsd"(%26, %1, %4, %38, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%45) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %46 = "pe.dsd"(%26, %38, %1, %3, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%46, %46, %42) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %47 = "pe.dsd"(%27, %1, %4, %6, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%47) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      "pe.for"(%19, %22) ({
      ^bb0(%arg0: index):
        %54 = "pe.muli"(%arg0, %8) : (index, index) -> index
        %55 = "pe.subi"(%54, %18) : (index, index) -> index
        %56 = "pe.maxi"(%55, %4) : (index, index) -> index
        %57 = "pe.addi"(%55, %8) : (index, index) -> index
        %58 = "pe.mini"(%57, %2) : (index, index) -> index
        %59 = "pe.subi"(%58, %56) : (index, index) -> index
        "pe.for"(%4, %59) ({
        ^bb0(%arg1: index):
          %60 = "pe.addi"(%56, %arg1) : (index, index) -> index
          %61 = "pe.muli"(%60, %6) : (index, index) -> index
          %62 = "pe.addi"(%27, %61) : (index, index) -> index
          %63 = "pe.dsd"(%62, %3, %1, %3, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
          %64 = "pe.muli"(%60, %15) : (index, index) -> index
          %65 = "pe.addi"(%11, %64) : (index, index) -> index
          %66 = "pe.dsd"(%65, %3, %4, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
          %67 = "pe.muli"(%arg0, %39) : (index, index) -> index
          %68 = "pe.addi"(%14, %67) : (index, index) -> index
          %69 = "pe.dsd"(%68, %3, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
          "pe.fma"(%63, %66, %69) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
          "pe.yield"() : () -> ()
        }) : (index, index) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      "pe.map"(%45, %45) {fn = "reciprocal"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.for"(%19, %22) ({
      ^bb0(%arg0: index):
        %54 = "pe.muli"(%arg0, %8) : (index, index) -> index
        %55 = "pe.subi"(%54, %18) : (index, index) -> index
        %56 = "pe.maxi"(%55, %4) : (index, index) -> index
        %57 = "pe.addi"(%55, %8) : (index, index) -> index
        %58 = "pe.mini"(%57, %2) : (index, index) -> index
        %59 = "pe.subi"(%58, %56) : (index, index) -> index
        %60 = "pe.muli"(%56, %3) : (index, index) -> index
        %61 = "pe.subi"(%arg0, %19) : (index, index) -> index
        %62 = "pe.muli"(%60, %8) : (index, index) -> index
        %63 = "pe.addi"(%28, %62) : (index, index) -> index
        %64 = "pe.dsd"(%63, %59, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
        %65 = "pe.muli"(%60, %2) : (index, index) -> index
        %66 = "pe.addi"(%27, %65) : (index, index) -> index
        %67 = "pe.dsd"(%66, %59, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
        %68 = "pe.muli"(%61, %6) : (index, index) -> index
        %69 = "pe.addi"(%26, %68) : (index, index) -> index
        %70 = "pe.dsd"(%69, %59, %4, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%64, %67, %70) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      %48 = "pe.dsd"(%29, %1, %4, %6, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fill"(%48) {value = 0.0 : f32} : (!pe.dsd<f16>) -> ()
      %49 = "pe.muli"(%13, %8) : (index, index) -> index
      %50 = "pe.addi"(%29, %49) : (index, index) -> index
      %51 = "pe.dsd"(%50, %2, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %52 = "pe.dsd"(%28, %2, %3, %3, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%51, %52) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %53 = "pe.dsd"(%30, %1, %4, %6, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%53, %48) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "single.single"} : () -> ()
  }) {grid = "io", height = 1 : i64, sram_bytes = 280 : i64, sym_name = "io", width = 1 : i64} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
  "pe.variable"() {buffer = @io::@w, kind = "weight", source = "w", sym_name = "w", type = !dist.tensor<@io, [4 y, 4 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@b, kind = "weight", source = "b", sym_name = "b", type = !dist.tensor<@io, [4 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@input.x, kind = "input", sym_name = "input.x", type = !dist.tensor<@io, [4 y, 3], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@output.output0, kind = "output", sym_name = "output.output0", type = !dist.tensor<@io, [4 x, 3], f16>} : () -> ()
  "pe.tile"() {channels = array<i64: -1, -1, -1, -1, -1, -1>, columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@single.single, rows = array<i64: 0, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 1, 2>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 2 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 1 : i64}, nn.accumulate = f32, nn.constants = {dim = 4 : i64, heads = 2 : i64, window = 3 : i64}, nn.model = "attend"} : () -> ()
