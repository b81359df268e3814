"builtin.module"() ({
  "dist.grid"() {sym_name = "io"} : () -> ()
  "dist.func"() ({
    %0 = "dist.input"() {name = "tokens"} : () -> !dist.tensor<@io, [], i32>
    %1 = "dist.read"() {variable = @embed} : () -> !dist.tensor<@io, [8 x, 8 y], f16>
    %2 = "dist.gather"(%1, %0) : (!dist.tensor<@io, [8 x, 8 y], f16>, !dist.tensor<@io, [], i32>) -> !dist.tensor<@io, [8 y], f16, partial add over x>
    %3 = "dist.all_reduce"(%2) {axis = "x", fn = "add"} : (!dist.tensor<@io, [8 y], f16, partial add over x>) -> !dist.tensor<@io, [8 y], f16>
    %4 = "dist.transfer"(%3) : (!dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
    %5 = "dist.read"() {variable = @block.rope0} : () -> !dist.tensor<@block, [2 x], f32>
    %6 = "dist.position"() : () -> !dist.tensor<@block, [], f32>
    %7 = "dist.map"(%5, %6) {fn = "mul"} : (!dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [2 x], f32>
    %8 = "dist.map"(%7) {fn = "sin"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %9 = "dist.map"(%7) {fn = "cos"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %10 = "dist.map"(%8) {fn = "neg"} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %11 = "dist.repeat"(%4) ({
    ^bb0(%arg0: index, %arg1: !dist.tensor<@block, [8 y], f16>):
      %29 = "dist.read"(%arg0) {variable = @block.norm1} : (index) -> !dist.tensor<@block, [8 y], f16>
      %30 = "dist.reduce"(%arg1) {fn = "add", square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %31 = "dist.all_reduce"(%30) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %32 = "dist.map"(%31) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %33 = "dist.map"(%32) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %34 = "dist.map"(%33) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %35 = "dist.map"(%arg1, %34) {fn = "mul"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %36 = "dist.map"(%35, %29) {fn = "mul"} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %37 = "dist.read"(%arg0) {variable = @block.wq} : (index) -> !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %38 = "dist.matvec"(%36, %37) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>
      %39 = "dist.all_reduce"(%38) {axis = "y", fn = "add"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>
      %40 = "dist.map"(%39) {fn = "cast"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %41 = "dist.rotate"(%40, %9, %8, %10) : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>
      %42 = "dist.map"(%41) {fn = "cast"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %43 = "dist.read"(%arg0) {variable = @block.wk} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %44 = "dist.matvec"(%36, %43) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %45 = "dist.all_reduce"(%44) {axis = "y", fn = "add"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>
      %46 = "dist.map"(%45) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %47 = "dist.rotate"(%46, %9, %8, %10) : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>
      %48 = "dist.map"(%47) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %49 = "dist.append"(%48, %arg0) {variable = @block.keys} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %50 = "dist.read"(%arg0) {variable = @block.wv} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %51 = "dist.matvec"(%36, %50) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %52 = "dist.all_reduce"(%51) {axis = "y", fn = "add"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>
      %53 = "dist.map"(%52) {fn = "cast"} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %54 = "dist.append"(%53, %arg0) {variable = @block.values} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %55 = "dist.scores"(%42, %49) {head_dim = 4 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>
      %56 = "dist.all_reduce"(%55) {axis = "x", fn = "add"} : (!dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>) -> !dist.tensor<@block, [2, 4 y cyclic], f32>
      %57 = "dist.softmax_max"(%56) {features = #dist.split<4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2>, head_dim = 4 : i64} : (!dist.tensor<@block, [2, 4 y cyclic], f32>) -> !dist.tensor<@block, [2], f32, partial max over y>
      %58 = "dist.all_reduce"(%57) {axis = "y", fn = "max"} : (!dist.tensor<@block, [2], f32, partial max over y>) -> !dist.tensor<@block, [2], f32>
      %59:2 = "dist.softmax_mix"(%56, %58, %54) {head_dim = 4 : i64, scale = 0.5 : f32} : (!dist.tensor<@block, [2, 4 y cyclic], f32>, !dist.tensor<@block, [2], f32>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>)
      %60:2 = "dist.all_reduce"(%59#0, %59#1) {axis = "y", fn = "add"} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>)
      %61 = "dist.softmax_divide"(%60#0, %60#1) {head_dim = 4 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %62 = "dist.read"(%arg0) {variable = @block.wo} : (index) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>
      %63 = "dist.matvec"(%61, %62) : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %64 = "dist.all_reduce"(%63) {axis = "x", fn = "add"} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %65 = "dist.map"(%64) {fn = "cast"} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %66 = "dist.map"(%arg1, %65) {fn = "add"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %67 = "dist.read"(%arg0) {variable = @block.norm2} : (index) -> !dist.tensor<@block, [8 y], f16>
      %68 = "dist.reduce"(%66) {fn = "add", square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %69 = "dist.all_reduce"(%68) {axis = "y", fn = "add"} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %70 = "dist.map"(%69) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %71 = "dist.map"(%70) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %72 = "dist.map"(%71) {fn = "rsqrt"} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %73 = "dist.map"(%66, %72) {fn = "mul"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %74 = "dist.map"(%73, %67) {fn = "mul"} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %75 = "dist.read"(%arg0) {variable = @block.gate} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %76 = "dist.matvec"(%74, %75) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %77 = "dist.all_reduce"(%76) {axis = "y", fn = "add"} : (!dist.tensor<@block, [6 x], f32, partial add over y>) -> !dist.tensor<@block, [6 x], f32>
      %78 = "dist.map"(%77) {fn = "cast"} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %79 = "dist.read"(%arg0) {variable = @block.up} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %80 = "dist.matvec"(%74, %79) : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %81 = "dist.all_reduce"(%80) {axis = "y", fn = "add"} : (!dist.tensor<@block, [6 x], f32, partial add over y>) -> !dist.tensor<@block, [6 x], f32>
      %82 = "dist.map"(%81) {fn = "cast"} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %83 = "dist.map"(%78) {fn = "silu"} : (!dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f32>
      %84 = "dist.map"(%83, %82) {fn = "mul"} : (!dist.tensor<@block, [6 x], f32>, !dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f16>
      %85 = "dist.read"(%arg0) {variable = @block.down} : (index) -> !dist.tensor<@block, [6 x, 8 y], f16>
      %86 = "dist.matvec"(%84, %85) : (!dist.tensor<@block, [6 x], f16>, !dist.tensor<@block, [6 x, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %87 = "dist.all_reduce"(%86) {axis = "x", fn = "add"} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %88 = "dist.map"(%87) {fn = "cast"} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %89 = "dist.map"(%66, %88) {fn = "add"} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      "dist.yield"(%89) : (!dist.tensor<@block, [8 y], f16>) -> ()
    }) {count = 2 : i64, label = "block"} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
    %12 = "dist.transfer"(%11) : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@io, [8 y], f16>
    %13 = "dist.read"() {variable = @norm} : () -> !dist.tensor<@io, [8 y], f16>
    %14 = "dist.reduce"(%12) {fn = "add", square} : (!dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [], f32, partial add over y>
    %15 = "dist.all_reduce"(%14) {axis = "y", fn = "add"} : (!dist.tensor<@io, [], f32, partial add over y>) -> !dist.tensor<@io, [], f32>
    %16 = "dist.map"(%15) {fn = "mul", value = 0.125 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %17 = "dist.map"(%16) {fn = "add", value = 1.0e-05 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %18 = "dist.map"(%17) {fn = "rsqrt"} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %19 = "dist.map"(%12, %18) {fn = "mul"} : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [8 y], f32>
    %20 = "dist.map"(%19, %13) {fn = "mul"} : (!dist.tensor<@io, [8 y], f32>, !dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [8 y], f16>
    %21 = "dist.read"() {variable = @head} : () -> !dist.tensor<@io, [8 y, 8 x], f16>
    %22 = "dist.matvec"(%20, %21) : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [8 y, 8 x], f16>) -> !dist.tensor<@io, [8 x], f32, partial add over y>
    %23 = "dist.all_reduce"(%22) {axis = "y", fn = "add"} : (!dist.tensor<@io, [8 x], f32, partial add over y>) -> !dist.tensor<@io, [8 x], f32>
    %24 = "dist.map"(%23) {fn = "cast"} : (!dist.tensor<@io, [8 x], f32>) -> !dist.tensor<@io, [8 x], f16>
    %25:2 = "dist.argmax"(%24) : (!dist.tensor<@io, [8 x], f16>) -> (!dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], i32, partial min over x>)
    %26 = "dist.all_reduce"(%25#0) {axis = "x", fn = "max"} : (!dist.tensor<@io, [], f32, partial max over x>) -> !dist.tensor<@io, [], f32>
    %27 = "dist.keep_equal"(%25#1, %25#0, %26) : (!dist.tensor<@io, [], i32, partial min over x>, !dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], i32, partial min over x>
    %28 = "dist.all_reduce"(%27) {axis = "x", fn = "min"} : (!dist.tensor<@io, [], i32, partial min over x>) -> !dist.tensor<@io, [], i32>
    "dist.return"(%28, %24) {names = ["token", "logits"]} : (!dist.tensor<@io, [], i32>, !dist.tensor<@io, [8 x], f16>) -> ()
  }) {sym_name = "decode"} : () -> ()
  "dist.variable"() {kind = "weight", source = "embed", sym_name = "embed", type = !dist.tensor<@io, [8 x, 8 y], f16>} : () -> ()
  "dist.grid"() {sym_name = "block"} : () -> ()
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
}) {fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 1 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {context = 4 : i64, dim = 8 : i64, ffn = 6 : i64, head_dim = 4 : i64, heads = 2 : i64, kv_heads = 1 : i64, layers = 2 : i64, vocab = 8 : i64}, nn.model = "tale"} : () -> ()
