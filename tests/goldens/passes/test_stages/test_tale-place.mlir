"builtin.module"() ({
  "dist.variable"() {kind = "weight", source = "embed", sym_name = "embed", type = !dist.tensor<@io, [8 x, 8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.norm1", stacked = 2 : i64, sym_name = "block.norm1", type = !dist.tensor<@block, [8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.wq", stacked = 2 : i64, sym_name = "block.wq", type = !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>} : () -> ()
  "dist.variable"() {kind = "constant", sym_name = "block.rope0", type = !dist.tensor<@block, [2 x], f32>, values = dense<[1.0, 0.01]> : tensor<2xf32>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.wk", stacked = 2 : i64, sym_name = "block.wk", type = !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "dist.variable"() {kind = "cache", source = "block.{}.keys", stacked = 2 : i64, sym_name = "block.keys", type = !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.wv", stacked = 2 : i64, sym_name = "block.wv", type = !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "dist.variable"() {kind = "cache", source = "block.{}.values", stacked = 2 : i64, sym_name = "block.values", type = !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.wo", stacked = 2 : i64, sym_name = "block.wo", type = !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.norm2", stacked = 2 : i64, sym_name = "block.norm2", type = !dist.tensor<@block, [8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.gate", stacked = 2 : i64, sym_name = "block.gate", type = !dist.tensor<@block, [8 y, 6 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.up", stacked = 2 : i64, sym_name = "block.up", type = !dist.tensor<@block, [8 y, 6 x], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "block.{}.down", stacked = 2 : i64, sym_name = "block.down", type = !dist.tensor<@block, [6 x, 8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "norm", sym_name = "norm", type = !dist.tensor<@io, [8 y], f16>} : () -> ()
  "dist.variable"() {kind = "weight", source = "head", sym_name = "head", type = !dist.tensor<@io, [8 y, 8 x], f16>} : () -> ()
  "fabric.region"() ({
    %0 = "dist.input"() {name = "tokens"} : () -> !dist.tensor<@io, [], i32>
    %1 = "dist.read"() {variable = @embed} : () -> !dist.tensor<@io, [8 x, 8 y], f16>
    %2 = "dist.gather"(%1, %0) : (!dist.tensor<@io, [8 x, 8 y], f16>, !dist.tensor<@io, [], i32>) -> !dist.tensor<@io, [8 y], f16, partial add over x>
    %3 = "dist.all_reduce"(%2) {axis = "x", fn = "add"} : (!dist.tensor<@io, [8 y], f16, partial add over x>) -> !dist.tensor<@io, [8 y], f16>
    "fabric.send"(%3) {port = "out0"} : (!dist.tensor<@io, [8 y], f16>) -> ()
    %4 = "fabric.receive"() {port = "in0"} : () -> !dist.tensor<@io, [8 y], f16>
    %5 = "dist.read"() {variable = @norm} : () -> !dist.tensor<@io, [8 y], f16>
    %6 = "dist.reduce"(%4) {fn = "add", square} : (!dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [], f32, partial add over y>
    %7 = "dist.all_reduce"(%6) {axis = "y", fn = "add"} : (!dist.tensor<@io, [], f32, partial add over y>) -> !dist.tensor<@io, [], f32>
    %8 = "dist.map"(%7) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %9 = "dist.map"(%8) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %10 = "dist.map"(%9) {fn = "rsqrt"} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %11 = "dist.map"(%4, %10) {fn = "mul"} : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [8 y], f32>
    %12 = "dist.map"(%11, %5) {fn = "mul"} : (!dist.tensor<@io, [8 y], f32>, !dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [8 y], f16>
    %13 = "dist.read"() {variable = @head} : () -> !dist.tensor<@io, [8 y, 8 x], f16>
    %14 = "dist.matvec"(%12, %13) : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [8 y, 8 x], f16>) -> !dist.tensor<@io, [8 x], f32, partial add over y>
    %15 = "dist.all_reduce"(%14) {axis = "y", fn = "add"} : (!dist.tensor<@io, [8 x], f32, partial add over y>) -> !dist.tensor<@io, [8 x], f32>
    %16 = "dist.map"(%15) {fn = "cast"} : (!dist.tensor<@io, [8 x], f32>) -> !dist.tensor<@io, [8 x], f16>
    %17:2 = "dist.argmax"(%16) : (!dist.tensor<@io, [8 x], f16>) -> (!dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], i32, partial min over x>)
    %18 = "dist.all_reduce"(%17#0) {axis = "x", fn = "max"} : (!dist.tensor<@io, [], f32, partial max over x>) -> !dist.tensor<@io, [], f32>
    %19 = "dist.keep_equal"(%17#1, %17#0, %18) : (!dist.tensor<@io, [], i32, partial min over x>, !dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], i32, partial min over x>
    %20 = "dist.all_reduce"(%19) {axis = "x", fn = "min"} : (!dist.tensor<@io, [], i32, partial min over x>) -> !dist.tensor<@io, [], i32>
    "dist.return"(%20, %16) {names = ["token", "logits"]} : (!dist.tensor<@io, [], i32>, !dist.tensor<@io, [8 x], f16>) -> ()
  }) {grid = "io", height = 1 : i64, sym_name = "io", width = 1 : i64} : () -> ()
  "fabric.region"() ({
    %0 = "fabric.receive"() {port = "in0"} : () -> !dist.tensor<@block, [8 y], f16>
    %1 = "dist.read"() {variable = @block.rope0} : () -> !dist.tensor<@block, [2 x], f32>
    %2 = "dist.position"() : () -> !dist.tensor<@block, [], f32>
    %3 = "dist.map"(%1, %2) {fn = "mul"} : (!dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [2 x], f32>
    %4 = "dist.map"(%3) {fn = "sin"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %5 = "dist.map"(%3) {fn = "cos"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %6 = "dist.map"(%4) {fn = "neg"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %7 = "dist.repeat"(%0) ({
    ^bb0(%arg0: index, %arg1: !dist.tensor<@block, [8 y], f16>):
      %8 = "dist.read"(%arg0) {variable = @block.norm1} : (index) -> !dist.tensor<@block, [8 y], f16>
      %9 = "dist.reduce"(%arg1) {fn = "add", square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %10 = "dist.all_reduce"(%9) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %11 = "dist.map"(%10) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %12 = "dist.map"(%11) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %13 = "dist.map"(%12) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %14 = "dist.map"(%arg1, %13) {fn = "mul"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %15 = "dist.map"(%14, %8) {fn = "mul"} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %16 = "dist.read"(%arg0) {variable = @block.wq} : (index) -> !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %17 = "dist.matvec"(%15, %16) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>
      %18 = "dist.read"(%arg0) {variable = @block.wk} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %19 = "dist.matvec"(%15, %18) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %20 = "dist.read"(%arg0) {variable = @block.wv} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %21 = "dist.matvec"(%15, %20) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %22:3 = "dist.all_reduce"(%17, %19, %21) {axis = "y", fn = "add"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>)
      %23 = "dist.map"(%22#0) {fn = "cast"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %24 = "dist.rotate"(%23, %5, %4, %6) : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>
      %25 = "dist.map"(%24) {fn = "cast"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %26 = "dist.map"(%22#1) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %27 = "dist.rotate"(%26, %5, %4, %6) : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>
      %28 = "dist.map"(%27) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %29 = "dist.append"(%28, %arg0) {variable = @block.keys} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %30 = "dist.map"(%22#2) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %31 = "dist.append"(%30, %arg0) {variable = @block.values} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %32 = "dist.scores"(%25, %29) {head_dim = 4 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>
      %33 = "dist.all_reduce"(%32) {axis = "x", fn = "add"} : (!dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>) -> !dist.tensor<@block, [2, 4 y cyclic], f32>
      %34 = "dist.softmax_max"(%33) {features = #dist.split<4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2>, head_dim = 4 : i64} : (!dist.tensor<@block, [2, 4 y cyclic], f32>) -> !dist.tensor<@block, [2], f32, partial max over y>
      %35 = "dist.all_reduce"(%34) {axis = "y", fn = "max"} : (!dist.tensor<@block, [2], f32, partial max over y>) -> !dist.tensor<@block, [2], f32>
      %36:2 = "dist.softmax_mix"(%33, %35, %31) {head_dim = 4 : i64, scale = 0.5 : f32} : (!dist.tensor<@block, [2, 4 y cyclic], f32>, !dist.tensor<@block, [2], f32>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>)
      %37:2 = "dist.all_reduce"(%36#0, %36#1) {axis = "y", fn = "add"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>)
      %38 = "dist.softmax_divide"(%37#0, %37#1) {head_dim = 4 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %39 = "dist.read"(%arg0) {variable = @block.wo} : (index) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>
      %40 = "dist.matvec"(%38, %39) : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %41 = "dist.all_reduce"(%40) {axis = "x", fn = "add"} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %42 = "dist.map"(%41) {fn = "cast"} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %43 = "dist.map"(%arg1, %42) {fn = "add"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %44 = "dist.read"(%arg0) {variable = @block.norm2} : (index) -> !dist.tensor<@block, [8 y], f16>
      %45 = "dist.reduce"(%43) {fn = "add", square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %46 = "dist.all_reduce"(%45) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %47 = "dist.map"(%46) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %48 = "dist.map"(%47) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %49 = "dist.map"(%48) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %50 = "dist.map"(%43, %49) {fn = "mul"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %51 = "dist.map"(%50, %44) {fn = "mul"} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %52 = "dist.read"(%arg0) {variable = @block.gate} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %53 = "dist.matvec"(%51, %52) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %54 = "dist.read"(%arg0) {variable = @block.up} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %55 = "dist.matvec"(%51, %54) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %56:2 = "dist.all_reduce"(%53, %55) {axis = "y", fn = "add"} : (!dist.tensor<@block, [6 x], f32, partial add over y>, !dist.tensor<@block, [6 x], f32, partial add over y>) -> (!dist.tensor<@block, [6 x], f32>, !dist.tensor<@block, [6 x], f32>)
      %57 = "dist.map"(%56#0) {fn = "cast"} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %58 = "dist.map"(%56#1) {fn = "cast"} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %59 = "dist.map"(%57) {fn = "silu"} : (!dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f32>
      %60 = "dist.map"(%59, %58) {fn = "mul"} : (!dist.tensor<@block, [6 x], f32>, !dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f16>
      %61 = "dist.read"(%arg0) {variable = @block.down} : (index) -> !dist.tensor<@block, [6 x, 8 y], f16>
      %62 = "dist.matvec"(%60, %61) : (!dist.tensor<@block, [6 x], f16>, !dist.tensor<@block, [6 x, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %63 = "dist.all_reduce"(%62) {axis = "x", fn = "add"} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %64 = "dist.map"(%63) {fn = "cast"} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %65 = "dist.map"(%43, %64) {fn = "add"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      "dist.yield"(%65) : (!dist.tensor<@block, [8 y], f16>) -> ()
    }) {count = 2 : i64, label = "block"} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
    "fabric.send"(%7) {port = "out0"} : (!dist.tensor<@block, [8 y], f16>) -> ()
  }) {grid = "block", height = 1 : i64, sym_name = "block", width = 1 : i64} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 2>, origin = array<i64: 1, 0>, region = @block, sym_name = "block.0"} : () -> ()
  "fabric.link"() {in = "in0", out = "out0", sink = @block.0, source = @io.0, sym_name = "link0"} : () -> ()
  "fabric.link"() {in = "in0", out = "out0", sink = @io.0, source = @block.0, sym_name = "link1"} : () -> ()
}) {fabric.grid = array<i64: 2, 1>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 1 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {context = 4 : i64, dim = 8 : i64, ffn = 6 : i64, head_dim = 4 : i64, heads = 2 : i64, kv_heads = 1 : i64, layers = 2 : i64, vocab = 8 : i64}, nn.model = "tale"} : () -> ()
