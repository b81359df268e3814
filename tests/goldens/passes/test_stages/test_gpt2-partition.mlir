"builtin.module"() ({
  "dist.grid"() {sym_name = "io"} : () -> ()
  "dist.func"() ({
    %0 = "dist.input"() {name = "tokens"} : () -> !dist.tensor<@io, [], i32>
    %1 = "dist.read"() {variable = @wte} : () -> !dist.tensor<@io, [6 x, 4 y], f16>
    %2 = "dist.gather"(%1, %0) : (!dist.tensor<@io, [6 x, 4 y], f16>, !dist.tensor<@io, [], i32>) -> !dist.tensor<@io, [4 y], f16, partial add over x>
    %3 = "dist.all_reduce"(%2) {axis = "x", fn = "add"} : (!dist.tensor<@io, [4 y], f16, partial add over x>) -> !dist.tensor<@io, [4 y], f16>
    %4 = "dist.position"() : () -> !dist.tensor<@io, [], i32>
    %5 = "dist.read"() {variable = @wpe} : () -> !dist.tensor<@io, [3 x, 4 y], f16>
    %6 = "dist.gather"(%5, %4) : (!dist.tensor<@io, [3 x, 4 y], f16>, !dist.tensor<@io, [], i32>) -> !dist.tensor<@io, [4 y], f16, partial add over x>
    %7 = "dist.all_reduce"(%6) {axis = "x", fn = "add"} : (!dist.tensor<@io, [4 y], f16, partial add over x>) -> !dist.tensor<@io, [4 y], f16>
    %8 = "dist.map"(%3, %7) {fn = "add"} : (!dist.tensor<@io, [4 y], f16>, !dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@io, [4 y], f16>
    %9 = "dist.transfer"(%8) : (!dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
    %10 = "dist.repeat"(%9) ({
    ^bb0(%arg0: index, %arg1: !dist.tensor<@block, [4 y], f16>):
      %34 = "dist.read"(%arg0) {variable = @block.ln1} : (index) -> !dist.tensor<@block, [4 y], f16>
      %35 = "dist.read"(%arg0) {variable = @block.ln1_bias} : (index) -> !dist.tensor<@block, [4 y], f16>
      %36 = "dist.reduce"(%arg1) {fn = "add"} : (!dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %37 = "dist.all_reduce"(%36) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %38 = "dist.map"(%37) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %39 = "dist.map"(%arg1, %38) {fn = "sub"} : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [4 y], f32>
      %40 = "dist.reduce"(%39) {fn = "add", square} : (!dist.tensor<@block, [4 y], f32>) -> !dist.tensor<@block, [], f32, partial add over y>
      %41 = "dist.all_reduce"(%40) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %42 = "dist.map"(%41) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %43 = "dist.map"(%42) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %44 = "dist.map"(%43) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %45 = "dist.map"(%39, %44) {fn = "mul"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [4 y], f32>
      %46 = "dist.map"(%45, %34) {fn = "mul"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f32>
      %47 = "dist.map"(%46, %35) {fn = "add"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
      %48 = "dist.read"(%arg0) {variable = @block.attn} : (index) -> !dist.tensor<@block, [4 y, 12 x], f16>
      %49 = "dist.matvec"(%47, %48) : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [4 y, 12 x], f16>) -> !dist.tensor<@block, [12 x], f32, partial add over y>
      %50 = "dist.all_reduce"(%49) {axis = "y", fn = "add"} : (!dist.tensor<@block, [12 x], f32, partial add over y>) -> !dist.tensor<@block, [12 x], f32>
      %51 = "dist.map"(%50) {fn = "cast"} : (!dist.tensor<@block, [12 x], f32>) -> !dist.tensor<@block, [12 x], f16>
      %52 = "dist.read"(%arg0) {variable = @block.attn_bias} : (index) -> !dist.tensor<@block, [12 x], f16>
      %53 = "dist.map"(%51, %52) {fn = "add"} : (!dist.tensor<@block, [12 x], f16>, !dist.tensor<@block, [12 x], f16>) -> !dist.tensor<@block, [12 x], f16>
      %54 = "dist.reslice"(%53) {offsets = array<i64: 0>} : (!dist.tensor<@block, [12 x], f16>) -> !dist.tensor<@block, [4 y], f16, partial add over x>
      %55 = "dist.all_reduce"(%54) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f16, partial add over x>) -> !dist.tensor<@block, [4 y], f16>
      %56 = "dist.reslice"(%53) {offsets = array<i64: -4>} : (!dist.tensor<@block, [12 x], f16>) -> !dist.tensor<@block, [4 y], f16, partial add over x>
      %57 = "dist.all_reduce"(%56) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f16, partial add over x>) -> !dist.tensor<@block, [4 y], f16>
      %58 = "dist.append"(%57, %arg0) {variable = @block.keys} : (!dist.tensor<@block, [4 y], f16>, index) -> !dist.tensor<@block, [3 x cyclic, 4 y], f16>
      %59 = "dist.reslice"(%53) {offsets = array<i64: -8>} : (!dist.tensor<@block, [12 x], f16>) -> !dist.tensor<@block, [4 y], f16, partial add over x>
      %60 = "dist.all_reduce"(%59) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f16, partial add over x>) -> !dist.tensor<@block, [4 y], f16>
      %61 = "dist.append"(%60, %arg0) {variable = @block.values} : (!dist.tensor<@block, [4 y], f16>, index) -> !dist.tensor<@block, [3 x cyclic, 4 y], f16>
      %62 = "dist.scores"(%55, %58) {head_dim = 2 : i64} : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [3 x cyclic, 4 y], f16>) -> !dist.tensor<@block, [2, 3 x cyclic], f32, partial add over y>
      %63 = "dist.all_reduce"(%62) {axis = "y", fn = "add"} : (!dist.tensor<@block, [2, 3 x cyclic], f32, partial add over y>) -> !dist.tensor<@block, [2, 3 x cyclic], f32>
      %64 = "dist.softmax_max"(%63) {features = #dist.split<4 y>, head_dim = 2 : i64} : (!dist.tensor<@block, [2, 3 x cyclic], f32>) -> !dist.tensor<@block, [2], f32, partial max over x>
      %65 = "dist.all_reduce"(%64) {axis = "x", fn = "max"} : (!dist.tensor<@block, [2], f32, partial max over x>) -> !dist.tensor<@block, [2], f32>
      %66:2 = "dist.softmax_mix"(%63, %65, %61) {head_dim = 2 : i64, scale = 0.70710677 : f32} : (!dist.tensor<@block, [2, 3 x cyclic], f32>, !dist.tensor<@block, [2], f32>, !dist.tensor<@block, [3 x cyclic, 4 y], f16>) -> (!dist.tensor<@block, [4 y], f32, partial add over x>, !dist.tensor<@block, [2], f32, partial add over x>)
      %67:2 = "dist.all_reduce"(%66#0, %66#1) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f32, partial add over x>, !dist.tensor<@block, [2], f32, partial add over x>) -> (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [2], f32>)
      %68 = "dist.softmax_divide"(%67#0, %67#1) {head_dim = 2 : i64} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [2], f32>) -> !dist.tensor<@block, [4 y], f16>
      %69 = "dist.read"(%arg0) {variable = @block.proj} : (index) -> !dist.tensor<@block, [4 y, 4 x], f16>
      %70 = "dist.matvec"(%68, %69) : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [4 y, 4 x], f16>) -> !dist.tensor<@block, [4 x], f32, partial add over y>
      %71 = "dist.all_reduce"(%70) {axis = "y", fn = "add"} : (!dist.tensor<@block, [4 x], f32, partial add over y>) -> !dist.tensor<@block, [4 x], f32>
      %72 = "dist.map"(%71) {fn = "cast"} : (!dist.tensor<@block, [4 x], f32>) -> !dist.tensor<@block, [4 x], f16>
      %73 = "dist.reslice"(%72) : (!dist.tensor<@block, [4 x], f16>) -> !dist.tensor<@block, [4 y], f16, partial add over x>
      %74 = "dist.all_reduce"(%73) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f16, partial add over x>) -> !dist.tensor<@block, [4 y], f16>
      %75 = "dist.map"(%arg1, %74) {fn = "add"} : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f32>
      %76 = "dist.read"(%arg0) {variable = @block.proj_bias} : (index) -> !dist.tensor<@block, [4 y], f16>
      %77 = "dist.map"(%75, %76) {fn = "add"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
      %78 = "dist.read"(%arg0) {variable = @block.ln2} : (index) -> !dist.tensor<@block, [4 y], f16>
      %79 = "dist.read"(%arg0) {variable = @block.ln2_bias} : (index) -> !dist.tensor<@block, [4 y], f16>
      %80 = "dist.reduce"(%77) {fn = "add"} : (!dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %81 = "dist.all_reduce"(%80) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %82 = "dist.map"(%81) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %83 = "dist.map"(%77, %82) {fn = "sub"} : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [4 y], f32>
      %84 = "dist.reduce"(%83) {fn = "add", square} : (!dist.tensor<@block, [4 y], f32>) -> !dist.tensor<@block, [], f32, partial add over y>
      %85 = "dist.all_reduce"(%84) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %86 = "dist.map"(%85) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %87 = "dist.map"(%86) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %88 = "dist.map"(%87) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %89 = "dist.map"(%83, %88) {fn = "mul"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [4 y], f32>
      %90 = "dist.map"(%89, %78) {fn = "mul"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f32>
      %91 = "dist.map"(%90, %79) {fn = "add"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
      %92 = "dist.read"(%arg0) {variable = @block.up} : (index) -> !dist.tensor<@block, [4 y, 16 x], f16>
      %93 = "dist.matvec"(%91, %92) : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [4 y, 16 x], f16>) -> !dist.tensor<@block, [16 x], f32, partial add over y>
      %94 = "dist.all_reduce"(%93) {axis = "y", fn = "add"} : (!dist.tensor<@block, [16 x], f32, partial add over y>) -> !dist.tensor<@block, [16 x], f32>
      %95 = "dist.map"(%94) {fn = "cast"} : (!dist.tensor<@block, [16 x], f32>) -> !dist.tensor<@block, [16 x], f16>
      %96 = "dist.read"(%arg0) {variable = @block.up_bias} : (index) -> !dist.tensor<@block, [16 x], f16>
      %97 = "dist.map"(%95, %96) {fn = "add"} : (!dist.tensor<@block, [16 x], f16>, !dist.tensor<@block, [16 x], f16>) -> !dist.tensor<@block, [16 x], f32>
      %98 = "dist.map"(%97) {fn = "gelu"} : (!dist.tensor<@block, [16 x], f32>) -> !dist.tensor<@block, [16 x], f16>
      %99 = "dist.read"(%arg0) {variable = @block.down} : (index) -> !dist.tensor<@block, [16 x, 4 y], f16>
      %100 = "dist.matvec"(%98, %99) : (!dist.tensor<@block, [16 x], f16>, !dist.tensor<@block, [16 x, 4 y], f16>) -> !dist.tensor<@block, [4 y], f32, partial add over x>
      %101 = "dist.all_reduce"(%100) {axis = "x", fn = "add"} : (!dist.tensor<@block, [4 y], f32, partial add over x>) -> !dist.tensor<@block, [4 y], f32>
      %102 = "dist.map"(%101) {fn = "cast"} : (!dist.tensor<@block, [4 y], f32>) -> !dist.tensor<@block, [4 y], f16>
      %103 = "dist.map"(%77, %102) {fn = "add"} : (!dist.tensor<@block, [4 y], f16>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f32>
      %104 = "dist.read"(%arg0) {variable = @block.down_bias} : (index) -> !dist.tensor<@block, [4 y], f16>
      %105 = "dist.map"(%103, %104) {fn = "add"} : (!dist.tensor<@block, [4 y], f32>, !dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
      "dist.yield"(%105) : (!dist.tensor<@block, [4 y], f16>) -> ()
    }) {count = 2 : i64, label = "block"} : (!dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@block, [4 y], f16>
    %11 = "dist.transfer"(%10) : (!dist.tensor<@block, [4 y], f16>) -> !dist.tensor<@io, [4 y], f16>
    %12 = "dist.read"() {variable = @ln} : () -> !dist.tensor<@io, [4 y], f16>
    %13 = "dist.read"() {variable = @ln_bias} : () -> !dist.tensor<@io, [4 y], f16>
    %14 = "dist.reduce"(%11) {fn = "add"} : (!dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@io, [], f32, partial add over y>
    %15 = "dist.all_reduce"(%14) {axis = "y", fn = "add"} : (!dist.tensor<@io, [], f32, partial add over y>) -> !dist.tensor<@io, [], f32>
    %16 = "dist.map"(%15) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %17 = "dist.map"(%11, %16) {fn = "sub"} : (!dist.tensor<@io, [4 y], f16>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [4 y], f32>
    %18 = "dist.reduce"(%17) {fn = "add", square} : (!dist.tensor<@io, [4 y], f32>) -> !dist.tensor<@io, [], f32, partial add over y>
    %19 = "dist.all_reduce"(%18) {axis = "y", fn = "add"} : (!dist.tensor<@io, [], f32, partial add over y>) -> !dist.tensor<@io, [], f32>
    %20 = "dist.map"(%19) {fn = "mul", value = 0.25 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %21 = "dist.map"(%20) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %22 = "dist.map"(%21) {fn = "rsqrt"} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %23 = "dist.map"(%17, %22) {fn = "mul"} : (!dist.tensor<@io, [4 y], f32>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [4 y], f32>
    %24 = "dist.map"(%23, %12) {fn = "mul"} : (!dist.tensor<@io, [4 y], f32>, !dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@io, [4 y], f32>
    %25 = "dist.map"(%24, %13) {fn = "add"} : (!dist.tensor<@io, [4 y], f32>, !dist.tensor<@io, [4 y], f16>) -> !dist.tensor<@io, [4 y], f16>
    %26 = "dist.read"() {variable = @wte} : () -> !dist.tensor<@io, [6 x, 4 y], f16>
    %27 = "dist.matvec"(%25, %26) {transposed} : (!dist.tensor<@io, [4 y], f16>, !dist.tensor<@io, [6 x, 4 y], f16>) -> !dist.tensor<@io, [6 x], f32, partial add over y>
    %28 = "dist.all_reduce"(%27) {axis = "y", fn = "add"} : (!dist.tensor<@io, [6 x], f32, partial add over y>) -> !dist.tensor<@io, [6 x], f32>
    %29 = "dist.map"(%28) {fn = "cast"} : (!dist.tensor<@io, [6 x], f32>) -> !dist.tensor<@io, [6 x], f16>
    %30:2 = "dist.argmax"(%29) : (!dist.tensor<@io, [6 x], f16>) -> (!dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], i32, partial min over x>)
    %31 = "dist.all_reduce"(%30#0) {axis = "x", fn = "max"} : (!dist.tensor<@io, [], f32, partial max over x>) -> !dist.tensor<@io, [], f32>
    %32 = "dist.keep_equal"(%30#1, %30#0, %31) : (!dist.tensor<@io, [], i32, partial min over x>, !dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], i32, partial min over x>
    %33 = "dist.all_reduce"(%32) {axis = "x", fn = "min"} : (!dist.tensor<@io, [], i32, partial min over x>) -> !dist.tensor<@io, [], i32>
    "dist.return"(%33, %29) {names = ["token", "logits"]} : (!dist.tensor<@io, [], i32>, !dist.tensor<@io, [6 x], f16>) -> ()
  }) {sym_name = "decode"} : () -> ()
  "dist.variable"() {kind = "weight", source = "wte", sym_name = "wte", type = !dist.tensor<@io, [6 x, 4 y], f16>} : () -> ()
  "dist.variable"() {by_position, kind = "weight", source = "wpe", sym_name = "wpe", type = !dist.tensor<@io, [3 x, 4 y], f16>} : () -> ()
  "dist.grid"() {sym_name = "block"} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.ln1", stacked = 2 : i64, sym_name = "block.ln1", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.ln1_bias", stacked = 2 : i64, sym_name = "block.ln1_bias", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.attn", stacked = 2 : i64, sym_name = "block.attn", type = !dist.tensor<@block, [4 y, 12 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.attn_bias", stacked = 2 : i64, sym_name = "block.attn_bias", type = !dist.tensor<@block, [12 x], f16>} : () -> ()
  "dist.variable"() {kind = "cache", source = "block.{}.keys", stacked = 2 : i64, sym_name = "block.keys", type = !dist.tensor<@block, [3 x cyclic, 4 y], f16>} : () -> ()
  "dist.variable"() {kind = "cache", source = "block.{}.values", stacked = 2 : i64, sym_name = "block.values", type = !dist.tensor<@block, [3 x cyclic, 4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.proj", stacked = 2 : i64, sym_name = "block.proj", type = !dist.tensor<@block, [4 y, 4 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.proj_bias", stacked = 2 : i64, sym_name = "block.proj_bias", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.ln2", stacked = 2 : i64, sym_name = "block.ln2", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.ln2_bias", stacked = 2 : i64, sym_name = "block.ln2_bias", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.up", stacked = 2 : i64, sym_name = "block.up", type = !dist.tensor<@block, [4 y, 16 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.up_bias", stacked = 2 : i64, sym_name = "block.up_bias", type = !dist.tensor<@block, [16 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.down", stacked = 2 : i64, sym_name = "block.down", type = !dist.tensor<@block, [16 x, 4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.down_bias", stacked = 2 : i64, sym_name = "block.down_bias", type = !dist.tensor<@block, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "ln", sym_name = "ln", type = !dist.tensor<@io, [4 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "ln_bias", sym_name = "ln_bias", type = !dist.tensor<@io, [4 y], f16>} : () -> ()
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 2 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 4 : i64}, nn.accumulate = f32, nn.constants = {context = 3 : i64, dim = 4 : i64, ffn = 16 : i64, head_dim = 2 : i64, heads = 2 : i64, layers = 2 : i64, vocab = 6 : i64}, nn.model = "gpt2"} : () -> ()
