"builtin.module"() ({
  "fabric.region"() ({
    "pe.buffer"() {bytes = 128 : i64, kind = "weight", offset = 0 : i64, sym_name = "embed"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "weight", offset = 128 : i64, sym_name = "norm"} : () -> ()
    "pe.buffer"() {bytes = 128 : i64, kind = "weight", offset = 144 : i64, sym_name = "head"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 272 : i64, sym_name = "input.tokens"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 276 : i64, sym_name = "output.token"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "state", offset = 280 : i64, sym_name = "output.logits"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 296 : i64, sym_name = "message"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 328 : i64, sym_name = "receive"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 296 : i64, sym_name = "message.1"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 300 : i64, sym_name = "map"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 296 : i64, sym_name = "map.1"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 344 : i64, sym_name = "map.2"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 296 : i64, sym_name = "map.3"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 328 : i64, sym_name = "map.4"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 296 : i64, sym_name = "message.2"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 328 : i64, sym_name = "map.5"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 296 : i64, sym_name = "argmax.0"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 300 : i64, sym_name = "argmax.1"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 304 : i64, sym_name = "message.3"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 308 : i64, sym_name = "message.4"} : () -> ()
    %0 = "dist.input"() {name = "tokens", pe.start = 0 : i64} : () -> !dist.tensor<@io, [], i32>
    %1 = "dist.read"() {pe.start = 0 : i64, variable = @embed} : () -> !dist.tensor<@io, [8 x, 8 y], f16>
    %2 = "dist.gather"(%1, %0) {pe.buffers = [@io::@message], pe.start = 0 : i64} : (!dist.tensor<@io, [8 x, 8 y], f16>, !dist.tensor<@io, [], i32>) -> !dist.tensor<@io, [8 y], f16, partial add over x>
    %3 = "dist.all_reduce"(%2) {axis = "x", fn = "add", pe.buffers = [@io::@message], pe.start = 40 : i64} : (!dist.tensor<@io, [8 y], f16, partial add over x>) -> !dist.tensor<@io, [8 y], f16>
    "fabric.send"(%3) {pe.start = 40 : i64, port = "out0"} : (!dist.tensor<@io, [8 y], f16>) -> ()
    %4 = "dist.read"() {pe.start = 59 : i64, variable = @norm} : () -> !dist.tensor<@io, [8 y], f16>
    %5 = "dist.read"() {pe.start = 59 : i64, variable = @head} : () -> !dist.tensor<@io, [8 y, 8 x], f16>
    %6 = "fabric.receive"() {pe.buffers = [@io::@receive], pe.start = 59 : i64, port = "in0"} : () -> !dist.tensor<@io, [8 y], f16>
    %7 = "dist.reduce"(%6) {fn = "add", pe.buffers = [@io::@message.1], pe.start = 82 : i64, square} : (!dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [], f32, partial add over y>
    %8 = "dist.all_reduce"(%7) {axis = "y", fn = "add", pe.buffers = [@io::@message.1], pe.start = 103 : i64} : (!dist.tensor<@io, [], f32, partial add over y>) -> !dist.tensor<@io, [], f32>
    %9 = "dist.map"(%8) {fn = "mul", pe.buffers = [@io::@map], pe.start = 103 : i64, value = 0.125 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %10 = "dist.map"(%9) {fn = "add", pe.buffers = [@io::@map.1], pe.start = 110 : i64, value = 1.0e-05 : f32} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %11 = "dist.map"(%10) {fn = "rsqrt", pe.buffers = [@io::@map.2], pe.start = 117 : i64} : (!dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], f32>
    %12 = "dist.map"(%6, %11) {fn = "mul", pe.buffers = [@io::@map.3], pe.start = 153 : i64} : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [8 y], f32>
    %13 = "dist.map"(%12, %4) {fn = "mul", pe.buffers = [@io::@map.4], pe.start = 167 : i64} : (!dist.tensor<@io, [8 y], f32>, !dist.tensor<@io, [8 y], f16>) -> !dist.tensor<@io, [8 y], f16>
    %14 = "dist.matvec"(%13, %5) {pe.buffers = [@io::@message.2], pe.start = 181 : i64} : (!dist.tensor<@io, [8 y], f16>, !dist.tensor<@io, [8 y, 8 x], f16>) -> !dist.tensor<@io, [8 x], f32, partial add over y>
    %15 = "dist.all_reduce"(%14) {axis = "y", fn = "add", pe.buffers = [@io::@message.2], pe.start = 275 : i64} : (!dist.tensor<@io, [8 x], f32, partial add over y>) -> !dist.tensor<@io, [8 x], f32>
    %16 = "dist.map"(%15) {fn = "cast", pe.buffers = [@io::@map.5], pe.start = 275 : i64} : (!dist.tensor<@io, [8 x], f32>) -> !dist.tensor<@io, [8 x], f16>
    %17:2 = "dist.argmax"(%16) {pe.buffers = [@io::@argmax.0, @io::@argmax.1], pe.start = 289 : i64} : (!dist.tensor<@io, [8 x], f16>) -> (!dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], i32, partial min over x>)
    %18 = "dist.all_reduce"(%17#0) {axis = "x", fn = "max", pe.buffers = [@io::@message.3], pe.start = 325 : i64} : (!dist.tensor<@io, [], f32, partial max over x>) -> !dist.tensor<@io, [], f32>
    %19 = "dist.keep_equal"(%17#1, %17#0, %18) {pe.buffers = [@io::@message.4], pe.start = 325 : i64} : (!dist.tensor<@io, [], i32, partial min over x>, !dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], i32, partial min over x>
    %20 = "dist.all_reduce"(%19) {axis = "x", fn = "min", pe.buffers = [@io::@message.4], pe.start = 333 : i64} : (!dist.tensor<@io, [], i32, partial min over x>) -> !dist.tensor<@io, [], i32>
    "dist.return"(%20, %16) {names = ["token", "logits"], pe.start = 333 : i64} : (!dist.tensor<@io, [], i32>, !dist.tensor<@io, [8 x], f16>) -> ()
  }) {grid = "io", height = 1 : i64, sram_bytes = 348 : i64, sym_name = "io", width = 1 : i64} : () -> ()
  "fabric.region"() ({
    "pe.buffer"() {bytes = 32 : i64, kind = "weight", offset = 0 : i64, sym_name = "block.norm1"} : () -> ()
    "pe.buffer"() {bytes = 256 : i64, kind = "weight", offset = 32 : i64, sym_name = "block.wq"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "constant", offset = 288 : i64, sym_name = "block.rope0"} : () -> ()
    "pe.buffer"() {bytes = 128 : i64, kind = "weight", offset = 296 : i64, sym_name = "block.wk"} : () -> ()
    "pe.buffer"() {bytes = 64 : i64, kind = "cache", offset = 424 : i64, sym_name = "block.keys"} : () -> ()
    "pe.buffer"() {bytes = 128 : i64, kind = "weight", offset = 488 : i64, sym_name = "block.wv"} : () -> ()
    "pe.buffer"() {bytes = 64 : i64, kind = "cache", offset = 616 : i64, sym_name = "block.values"} : () -> ()
    "pe.buffer"() {bytes = 256 : i64, kind = "weight", offset = 680 : i64, sym_name = "block.wo"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "weight", offset = 936 : i64, sym_name = "block.norm2"} : () -> ()
    "pe.buffer"() {bytes = 192 : i64, kind = "weight", offset = 968 : i64, sym_name = "block.gate"} : () -> ()
    "pe.buffer"() {bytes = 192 : i64, kind = "weight", offset = 1160 : i64, sym_name = "block.up"} : () -> ()
    "pe.buffer"() {bytes = 192 : i64, kind = "weight", offset = 1352 : i64, sym_name = "block.down"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1552 : i64, sym_name = "position"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1544 : i64, sym_name = "map"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1672 : i64, sym_name = "map.1"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1680 : i64, sym_name = "map.2"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1688 : i64, sym_name = "map.3"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1640 : i64, sym_name = "receive"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1548 : i64, sym_name = "map.4"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1544 : i64, sym_name = "map.5"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1576 : i64, sym_name = "map.6"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1544 : i64, sym_name = "map.7"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1608 : i64, sym_name = "map.8"} : () -> ()
    "pe.buffer"() {bytes = 64 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.1"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1656 : i64, sym_name = "map.9"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1608 : i64, sym_name = "rotate"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1696 : i64, sym_name = "map.10"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1656 : i64, sym_name = "rotate.1"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1696 : i64, sym_name = "map.11"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1656 : i64, sym_name = "map.12"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1608 : i64, sym_name = "message.2"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1656 : i64, sym_name = "message.3"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 1664 : i64, sym_name = "map.13"} : () -> ()
    "pe.buffer"() {bytes = 40 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.4"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1584 : i64, sym_name = "softmax_divide"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.5"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1576 : i64, sym_name = "map.14"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1616 : i64, sym_name = "map.15"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.6"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1548 : i64, sym_name = "map.16"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1544 : i64, sym_name = "map.17"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 1576 : i64, sym_name = "map.18"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1544 : i64, sym_name = "map.19"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1592 : i64, sym_name = "map.20"} : () -> ()
    "pe.buffer"() {bytes = 48 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.7"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 1656 : i64, sym_name = "map.21"} : () -> ()
    "pe.buffer"() {bytes = 24 : i64, kind = "temp", offset = 1592 : i64, sym_name = "map.22"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 1656 : i64, sym_name = "map.23"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 1576 : i64, sym_name = "map.24"} : () -> ()
    "pe.buffer"() {bytes = 32 : i64, kind = "temp", offset = 1544 : i64, sym_name = "message.8"} : () -> ()
    "pe.buffer"() {bytes = 16 : i64, kind = "temp", offset = 1576 : i64, sym_name = "map.25"} : () -> ()
    %0 = "dist.read"() {pe.start = 0 : i64, variable = @block.rope0} : () -> !dist.tensor<@block, [2 x], f32>
    %1 = "dist.position"() {pe.buffers = [@block::@position], pe.start = 0 : i64} : () -> !dist.tensor<@block, [], f32>
    %2 = "dist.map"(%0, %1) {fn = "mul", pe.buffers = [@block::@map], pe.start = 0 : i64} : (!dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [2 x], f32>
    %3 = "dist.map"(%2) {fn = "sin", pe.buffers = [@block::@map.1], pe.start = 8 : i64} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %4 = "dist.map"(%2) {fn = "cos", pe.buffers = [@block::@map.2], pe.start = 74 : i64} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %5 = "dist.map"(%3) {fn = "neg", pe.buffers = [@block::@map.3], pe.start = 140 : i64} : (!dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [2 x], f32>
    %6 = "fabric.receive"() {pe.buffers = [@block::@receive], pe.start = 148 : i64, port = "in0"} : () -> !dist.tensor<@block, [8 y], f16>
    %7 = "dist.repeat"(%6) ({
    ^bb0(%arg0: index, %arg1: !dist.tensor<@block, [8 y], f16>):
      %8 = "dist.reduce"(%arg1) {fn = "add", pe.buffers = [@block::@message], pe.start = 0 : i64, square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %9 = "dist.all_reduce"(%8) {axis = "y", fn = "add", pe.buffers = [@block::@message], pe.start = 21 : i64} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %10 = "dist.map"(%9) {fn = "mul", pe.buffers = [@block::@map.4], pe.start = 21 : i64, value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %11 = "dist.map"(%10) {fn = "add", pe.buffers = [@block::@map.5], pe.start = 28 : i64, value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %12 = "dist.map"(%11) {fn = "rsqrt", pe.buffers = [@block::@map.6], pe.start = 35 : i64} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %13 = "dist.map"(%arg1, %12) {fn = "mul", pe.buffers = [@block::@map.7], pe.start = 71 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %14 = "dist.read"(%arg0) {pe.start = 85 : i64, variable = @block.norm1} : (index) -> !dist.tensor<@block, [8 y], f16>
      %15 = "dist.map"(%13, %14) {fn = "mul", pe.buffers = [@block::@map.8], pe.start = 85 : i64} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %16 = "dist.read"(%arg0) {pe.start = 99 : i64, variable = @block.wq} : (index) -> !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %17 = "dist.matvec"(%15, %16) {pe.buffers = [@block::@message.1], pe.start = 99 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>
      %18 = "dist.read"(%arg0) {pe.start = 193 : i64, variable = @block.wk} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %19 = "dist.matvec"(%15, %18) {pe.buffers = [@block::@message.1], pe.start = 193 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %20 = "dist.read"(%arg0) {pe.start = 267 : i64, variable = @block.wv} : (index) -> !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %21 = "dist.matvec"(%15, %20) {pe.buffers = [@block::@message.1], pe.start = 267 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>
      %22:3 = "dist.all_reduce"(%17, %19, %21) {axis = "y", fn = "add", pe.buffers = [@block::@message.1, @block::@message.1, @block::@message.1], pe.start = 341 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32, partial add over y>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>, !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>)
      %23 = "dist.map"(%22#0) {fn = "cast", pe.buffers = [@block::@map.9], pe.start = 341 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %24 = "dist.rotate"(%23, %4, %3, %5) {pe.buffers = [@block::@rotate], pe.start = 355 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>
      %25 = "dist.map"(%22#1) {fn = "cast", pe.buffers = [@block::@map.10], pe.start = 419 : i64} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %26 = "dist.rotate"(%25, %4, %3, %5) {pe.buffers = [@block::@rotate.1], pe.start = 429 : i64} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>, !dist.tensor<@block, [2 x], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>
      %27 = "dist.map"(%26) {fn = "cast", pe.buffers = [@block::@map.11], pe.start = 461 : i64} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %28 = "dist.map"(%24) {fn = "cast", pe.buffers = [@block::@map.12], pe.start = 471 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %29 = "dist.append"(%27, %arg0) {pe.start = 485 : i64, variable = @block.keys} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %30 = "dist.scores"(%28, %29) {head_dim = 4 : i64, pe.buffers = [@block::@message.2], pe.start = 498 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> !dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>
      %31 = "dist.all_reduce"(%30) {axis = "x", fn = "add", pe.buffers = [@block::@message.2], pe.start = 580 : i64} : (!dist.tensor<@block, [2, 4 y cyclic], f32, partial add over x>) -> !dist.tensor<@block, [2, 4 y cyclic], f32>
      %32 = "dist.softmax_max"(%31) {features = #dist.split<4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2>, head_dim = 4 : i64, pe.buffers = [@block::@message.3], pe.start = 580 : i64} : (!dist.tensor<@block, [2, 4 y cyclic], f32>) -> !dist.tensor<@block, [2], f32, partial max over y>
      %33 = "dist.map"(%22#2) {fn = "cast", pe.buffers = [@block::@map.13], pe.start = 606 : i64} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f32>) -> !dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %34 = "dist.append"(%33, %arg0) {pe.start = 616 : i64, variable = @block.values} : (!dist.tensor<@block, [4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>, index) -> !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>
      %35 = "dist.all_reduce"(%32) {axis = "y", fn = "max", pe.buffers = [@block::@message.3], pe.start = 629 : i64} : (!dist.tensor<@block, [2], f32, partial max over y>) -> !dist.tensor<@block, [2], f32>
      %36:2 = "dist.softmax_mix"(%31, %35, %34) {head_dim = 4 : i64, pe.buffers = [@block::@message.4, @block::@message.4], pe.start = 629 : i64, scale = 0.5 : f32} : (!dist.tensor<@block, [2, 4 y cyclic], f32>, !dist.tensor<@block, [2], f32>, !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>)
      %37:2 = "dist.all_reduce"(%36#0, %36#1) {axis = "y", fn = "add", pe.buffers = [@block::@message.4, @block::@message.4], pe.start = 969 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32, partial add over y>, !dist.tensor<@block, [2], f32, partial add over y>) -> (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>)
      %38 = "dist.softmax_divide"(%37#0, %37#1) {head_dim = 4 : i64, pe.buffers = [@block::@softmax_divide], pe.start = 969 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f32>, !dist.tensor<@block, [2], f32>) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>
      %39 = "dist.read"(%arg0) {pe.start = 1221 : i64, variable = @block.wo} : (index) -> !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>
      %40 = "dist.matvec"(%38, %39) {pe.buffers = [@block::@message.5], pe.start = 1221 : i64} : (!dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>, !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %41 = "dist.all_reduce"(%40) {axis = "x", fn = "add", pe.buffers = [@block::@message.5], pe.start = 1315 : i64} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %42 = "dist.map"(%41) {fn = "cast", pe.buffers = [@block::@map.14], pe.start = 1315 : i64} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %43 = "dist.map"(%arg1, %42) {fn = "add", pe.buffers = [@block::@map.15], pe.start = 1329 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %44 = "dist.reduce"(%43) {fn = "add", pe.buffers = [@block::@message.6], pe.start = 1337 : i64, square} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [], f32, partial add over y>
      %45 = "dist.all_reduce"(%44) {axis = "y", fn = "add", pe.buffers = [@block::@message.6], pe.start = 1358 : i64} : (!dist.tensor<@block, [], f32, partial add over y>) -> !dist.tensor<@block, [], f32>
      %46 = "dist.map"(%45) {fn = "mul", pe.buffers = [@block::@map.16], pe.start = 1358 : i64, value = 0.125 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %47 = "dist.map"(%46) {fn = "add", pe.buffers = [@block::@map.17], pe.start = 1365 : i64, value = 1.0e-05 : f32} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %48 = "dist.map"(%47) {fn = "rsqrt", pe.buffers = [@block::@map.18], pe.start = 1372 : i64} : (!dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [], f32>
      %49 = "dist.map"(%43, %48) {fn = "mul", pe.buffers = [@block::@map.19], pe.start = 1408 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [], f32>) -> !dist.tensor<@block, [8 y], f32>
      %50 = "dist.read"(%arg0) {pe.start = 1422 : i64, variable = @block.norm2} : (index) -> !dist.tensor<@block, [8 y], f16>
      %51 = "dist.map"(%49, %50) {fn = "mul", pe.buffers = [@block::@map.20], pe.start = 1422 : i64} : (!dist.tensor<@block, [8 y], f32>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      %52 = "dist.read"(%arg0) {pe.start = 1436 : i64, variable = @block.gate} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %53 = "dist.matvec"(%51, %52) {pe.buffers = [@block::@message.7], pe.start = 1436 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %54 = "dist.read"(%arg0) {pe.start = 1520 : i64, variable = @block.up} : (index) -> !dist.tensor<@block, [8 y, 6 x], f16>
      %55 = "dist.matvec"(%51, %54) {pe.buffers = [@block::@message.7], pe.start = 1520 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y, 6 x], f16>) -> !dist.tensor<@block, [6 x], f32, partial add over y>
      %56:2 = "dist.all_reduce"(%53, %55) {axis = "y", fn = "add", pe.buffers = [@block::@message.7, @block::@message.7], pe.start = 1604 : i64} : (!dist.tensor<@block, [6 x], f32, partial add over y>, !dist.tensor<@block, [6 x], f32, partial add over y>) -> (!dist.tensor<@block, [6 x], f32>, !dist.tensor<@block, [6 x], f32>)
      %57 = "dist.map"(%56#0) {fn = "cast", pe.buffers = [@block::@map.21], pe.start = 1604 : i64} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %58 = "dist.map"(%57) {fn = "silu", pe.buffers = [@block::@map.22], pe.start = 1616 : i64} : (!dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f32>
      %59 = "dist.map"(%56#1) {fn = "cast", pe.buffers = [@block::@map.23], pe.start = 1802 : i64} : (!dist.tensor<@block, [6 x], f32>) -> !dist.tensor<@block, [6 x], f16>
      %60 = "dist.map"(%58, %59) {fn = "mul", pe.buffers = [@block::@map.24], pe.start = 1814 : i64} : (!dist.tensor<@block, [6 x], f32>, !dist.tensor<@block, [6 x], f16>) -> !dist.tensor<@block, [6 x], f16>
      %61 = "dist.read"(%arg0) {pe.start = 1826 : i64, variable = @block.down} : (index) -> !dist.tensor<@block, [6 x, 8 y], f16>
      %62 = "dist.matvec"(%60, %61) {pe.buffers = [@block::@message.8], pe.start = 1826 : i64} : (!dist.tensor<@block, [6 x], f16>, !dist.tensor<@block, [6 x, 8 y], f16>) -> !dist.tensor<@block, [8 y], f32, partial add over x>
      %63 = "dist.all_reduce"(%62) {axis = "x", fn = "add", pe.buffers = [@block::@message.8], pe.start = 1900 : i64} : (!dist.tensor<@block, [8 y], f32, partial add over x>) -> !dist.tensor<@block, [8 y], f32>
      %64 = "dist.map"(%63) {fn = "cast", pe.buffers = [@block::@map.25], pe.start = 1900 : i64} : (!dist.tensor<@block, [8 y], f32>) -> !dist.tensor<@block, [8 y], f16>
      %65 = "dist.map"(%43, %64) {fn = "add", pe.buffers = [@block::@receive], pe.start = 1914 : i64} : (!dist.tensor<@block, [8 y], f16>, !dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
      "dist.yield"(%65) {pe.start = 1922 : i64} : (!dist.tensor<@block, [8 y], f16>) -> ()
    }) {count = 2 : i64, label = "block", pe.buffers = [@block::@receive], pe.start = 171 : i64} : (!dist.tensor<@block, [8 y], f16>) -> !dist.tensor<@block, [8 y], f16>
    "fabric.send"(%7) {pe.start = 4015 : i64, port = "out0"} : (!dist.tensor<@block, [8 y], f16>) -> ()
  }) {grid = "block", height = 1 : i64, sram_bytes = 1704 : i64, sym_name = "block", width = 1 : i64} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 2>, origin = array<i64: 1, 0>, region = @block, sym_name = "block.0"} : () -> ()
  "fabric.link"() {colors = array<i64: 6>, in = "in0", out = "out0", sink = @block.0, source = @io.0, sym_name = "link0"} : () -> ()
  "fabric.link"() {colors = array<i64: 7>, in = "in0", out = "out0", sink = @io.0, source = @block.0, sym_name = "link1"} : () -> ()
  "fabric.route"() {color = 6 : i64, flow = "link0", input = "RAMP", outputs = ["E"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 6 : i64, flow = "link0", input = "W", outputs = ["RAMP"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 7 : i64, flow = "link1", input = "E", outputs = ["RAMP"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 7 : i64, flow = "link1", input = "RAMP", outputs = ["W"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "pe.variable"() {buffer = @io::@embed, kind = "weight", source = "embed", sym_name = "embed", type = !dist.tensor<@io, [8 x, 8 y], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@norm, kind = "weight", source = "norm", sym_name = "norm", type = !dist.tensor<@io, [8 y], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@head, kind = "weight", source = "head", sym_name = "head", type = !dist.tensor<@io, [8 y, 8 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@input.tokens, kind = "input", sym_name = "input.tokens", type = !dist.tensor<@io, [], i32>} : () -> ()
  "pe.variable"() {buffer = @io::@output.token, kind = "output", sym_name = "output.token", type = !dist.tensor<@io, [], i32>} : () -> ()
  "pe.variable"() {buffer = @io::@output.logits, kind = "output", sym_name = "output.logits", type = !dist.tensor<@io, [8 x], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.norm1, kind = "weight", source = "block.{}.norm1", stacked = 2 : i64, sym_name = "block.norm1", type = !dist.tensor<@block, [8 y], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.wq, kind = "weight", source = "block.{}.wq", stacked = 2 : i64, sym_name = "block.wq", type = !dist.tensor<@block, [8 y, 8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.rope0, kind = "constant", sym_name = "block.rope0", type = !dist.tensor<@block, [2 x], f32>, values = dense<[1.0, 0.01]> : tensor<2xf32>} : () -> ()
  "pe.variable"() {buffer = @block::@block.wk, kind = "weight", source = "block.{}.wk", stacked = 2 : i64, sym_name = "block.wk", type = !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.keys, kind = "cache", source = "block.{}.keys", stacked = 2 : i64, sym_name = "block.keys", type = !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.wv, kind = "weight", source = "block.{}.wv", stacked = 2 : i64, sym_name = "block.wv", type = !dist.tensor<@block, [8 y, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.values, kind = "cache", source = "block.{}.values", stacked = 2 : i64, sym_name = "block.values", type = !dist.tensor<@block, [4 y cyclic, 4 x factors [1, 1, 2, 2] order [1, 0, 3, 2] granule 2], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.wo, kind = "weight", source = "block.{}.wo", stacked = 2 : i64, sym_name = "block.wo", type = !dist.tensor<@block, [8 x factors [1, 2, 2, 2] order [1, 0, 3, 2] local 2 granule 2, 8 y], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.norm2, kind = "weight", source = "block.{}.norm2", stacked = 2 : i64, sym_name = "block.norm2", type = !dist.tensor<@block, [8 y], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.gate, kind = "weight", source = "block.{}.gate", stacked = 2 : i64, sym_name = "block.gate", type = !dist.tensor<@block, [8 y, 6 x], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.up, kind = "weight", source = "block.{}.up", stacked = 2 : i64, sym_name = "block.up", type = !dist.tensor<@block, [8 y, 6 x], f16>} : () -> ()
  "pe.variable"() {buffer = @block::@block.down, kind = "weight", source = "block.{}.down", stacked = 2 : i64, sym_name = "block.down", type = !dist.tensor<@block, [6 x, 8 y], f16>} : () -> ()
}) {fabric.grid = array<i64: 2, 1>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 1 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {context = 4 : i64, dim = 8 : i64, ffn = 6 : i64, head_dim = 4 : i64, heads = 2 : i64, kv_heads = 1 : i64, layers = 2 : i64, vocab = 8 : i64}, nn.model = "tale"} : () -> ()
