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
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@embed} : () -> index
      %1 = "pe.coord"() {axis = "x"} : () -> index
      %2 = "pe.constant"() {value = 8 : i64} : () -> index
      %3 = "pe.muli"(%1, %2) : (index, index) -> index
      %4 = "pe.constant"() {value = 1 : i64} : () -> index
      %5 = "pe.constant"() {value = 16 : i64} : () -> index
      %6 = "pe.address"() {buffer = @io::@message} : () -> index
      %7 = "pe.constant"() {value = 0 : i64} : () -> index
      %8 = "pe.address"() {buffer = @io::@input.tokens} : () -> index
      %9 = "pe.address"() {buffer = @io::@norm} : () -> index
      %10 = "pe.address"() {buffer = @io::@head} : () -> index
      %11 = "pe.address"() {buffer = @io::@receive} : () -> index
      %12 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %13 = "pe.address"() {buffer = @io::@map} : () -> index
      %14 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %15 = "pe.address"() {buffer = @io::@map.2} : () -> index
      %16 = "pe.address"() {buffer = @io::@map.3} : () -> index
      %17 = "pe.address"() {buffer = @io::@map.4} : () -> index
      %18 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %19 = "pe.address"() {buffer = @io::@map.5} : () -> index
      %20 = "pe.address"() {buffer = @io::@argmax.0} : () -> index
      %21 = "pe.address"() {buffer = @io::@argmax.1} : () -> index
      %22 = "pe.address"() {buffer = @io::@message.3} : () -> index
      %23 = "pe.address"() {buffer = @io::@message.4} : () -> index
      %24 = "pe.address"() {buffer = @io::@output.token} : () -> index
      %25 = "pe.address"() {buffer = @io::@output.logits} : () -> index
      %26 = "pe.dsd"(%6, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fill"(%26) {value = 0.0 : f32} : (!pe.dsd<f16>) -> ()
      %27 = "pe.addi"(%3, %2) : (index, index) -> index
      %28 = "pe.load"(%8) : (index) -> index
      "pe.if"(%3, %28) ({
        "pe.if"(%28, %27) ({
          %54 = "pe.subi"(%28, %3) : (index, index) -> index
          %55 = "pe.muli"(%54, %5) : (index, index) -> index
          %56 = "pe.addi"(%0, %55) : (index, index) -> index
          %57 = "pe.dsd"(%56, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
          "pe.map"(%26, %57) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
          "pe.yield"() : () -> ()
        }) {predicate = "lt"} : (index, index) -> ()
        "pe.yield"() : () -> ()
      }) {predicate = "le"} : (index, index) -> ()
      "pe.send"(%26) {channel = 7 : i64} : (!pe.dsd<f16>) -> ()
      %29 = "pe.dsd"(%11, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.recv"(%29) {channel = 6 : i64} : (!pe.dsd<f16>) -> ()
      %30 = "pe.dsd"(%12, %4, %7, %2, %7) : (index, index, index, index, index) -> !pe.dsd<f32>
      %31 = "pe.dsd"(%12, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%31) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      "pe.fma"(%30, %29, %29) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %32 = "pe.dsd"(%13, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%32, %31) {fn = "mul", value = 0.125 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %33 = "pe.dsd"(%14, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%33, %32) {fn = "add", value = 1.0e-05 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %34 = "pe.dsd"(%15, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%34, %33) {fn = "rsqrt"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %35 = "pe.dsd"(%15, %4, %7, %2, %7) : (index, index, index, index, index) -> !pe.dsd<f32>
      %36 = "pe.dsd"(%16, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%36, %29, %35) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %37 = "pe.dsd"(%9, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      %38 = "pe.dsd"(%17, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%38, %36, %37) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      %39 = "pe.dsd"(%18, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%39) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %40 = "pe.dsd"(%18, %2, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      %41 = "pe.dsd"(%17, %2, %4, %2, %7) : (index, index, index, index, index) -> !pe.dsd<f16>
      %42 = "pe.dsd"(%10, %2, %2, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%40, %41, %42) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %43 = "pe.dsd"(%19, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%43, %39) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%20, %4, %7, %2, %7) : (index, index, index, index, index) -> !pe.dsd<f32>
      %45 = "pe.dsd"(%20, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%45) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      "pe.map"(%44, %44, %43) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      "pe.store"(%21, %7) {type = i32} : (index, index) -> ()
      %46 = "pe.dsd"(%21, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.argmax"(%46, %43) : (!pe.dsd<i32>, !pe.dsd<f16>) -> ()
      %47 = "pe.load"(%21) : (index) -> index
      %48 = "pe.addi"(%47, %3) : (index, index) -> index
      "pe.store"(%21, %48) {type = i32} : (index, index) -> ()
      %49 = "pe.dsd"(%22, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%49, %45) {fn = "copy"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %50 = "pe.dsd"(%23, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%50, %46) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.keep_equal"(%50, %45, %49) : (!pe.dsd<i32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %51 = "pe.dsd"(%24, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%51, %50) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      %52 = "pe.dsd"(%25, %4, %7, %2, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%52, %43) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %53 = "pe.dsd"(%8, %4, %7, %4, %4) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%53, %50) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "single.single"} : () -> ()
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
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @block::@block.rope0} : () -> index
      %1 = "pe.address"() {buffer = @block::@position} : () -> index
      %2 = "pe.argument"() {name = "position"} : () -> index
      %3 = "pe.constant"() {value = 1 : i64} : () -> index
      %4 = "pe.constant"() {value = 2 : i64} : () -> index
      %5 = "pe.constant"() {value = 0 : i64} : () -> index
      %6 = "pe.address"() {buffer = @block::@map} : () -> index
      %7 = "pe.address"() {buffer = @block::@map.1} : () -> index
      %8 = "pe.address"() {buffer = @block::@map.2} : () -> index
      %9 = "pe.address"() {buffer = @block::@map.3} : () -> index
      %10 = "pe.address"() {buffer = @block::@receive} : () -> index
      %11 = "pe.constant"() {value = 8 : i64} : () -> index
      %12 = "pe.argument"() {name = "layer_count"} : () -> index
      %13 = "pe.address"() {buffer = @block::@message} : () -> index
      %14 = "pe.address"() {buffer = @block::@map.4} : () -> index
      %15 = "pe.address"() {buffer = @block::@map.5} : () -> index
      %16 = "pe.address"() {buffer = @block::@map.6} : () -> index
      %17 = "pe.address"() {buffer = @block::@map.7} : () -> index
      %18 = "pe.address"() {buffer = @block::@block.norm1} : () -> index
      %19 = "pe.constant"() {value = 16 : i64} : () -> index
      %20 = "pe.address"() {buffer = @block::@map.8} : () -> index
      %21 = "pe.address"() {buffer = @block::@block.wq} : () -> index
      %22 = "pe.constant"() {value = 128 : i64} : () -> index
      %23 = "pe.constant"() {value = 4 : i64} : () -> index
      %24 = "pe.address"() {buffer = @block::@message.1} : () -> index
      %25 = "pe.address"() {buffer = @block::@block.wk} : () -> index
      %26 = "pe.constant"() {value = 64 : i64} : () -> index
      %27 = "pe.constant"() {value = 32 : i64} : () -> index
      %28 = "pe.addi"(%24, %27) : (index, index) -> index
      %29 = "pe.address"() {buffer = @block::@block.wv} : () -> index
      %30 = "pe.addi"(%28, %19) : (index, index) -> index
      %31 = "pe.address"() {buffer = @block::@map.9} : () -> index
      %32 = "pe.address"() {buffer = @block::@rotate} : () -> index
      %33 = "pe.address"() {buffer = @block::@map.10} : () -> index
      %34 = "pe.address"() {buffer = @block::@rotate.1} : () -> index
      %35 = "pe.address"() {buffer = @block::@map.11} : () -> index
      %36 = "pe.address"() {buffer = @block::@map.12} : () -> index
      %37 = "pe.address"() {buffer = @block::@block.keys} : () -> index
      %38 = "pe.coord"() {axis = "y"} : () -> index
      %39 = "pe.subi"(%2, %38) : (index, index) -> index
      %40 = "pe.addi"(%39, %3) : (index, index) -> index
      %41 = "pe.address"() {buffer = @block::@message.2} : () -> index
      %42 = "pe.coord"() {axis = "x"} : () -> index
      %43 = "pe.muli"(%42, %23) : (index, index) -> index
      %44 = "pe.divi"(%43, %23) : (index, index) -> index
      %45 = "pe.constant"() {value = 7 : i64} : () -> index
      %46 = "pe.addi"(%43, %45) : (index, index) -> index
      %47 = "pe.divi"(%46, %23) : (index, index) -> index
      %48 = "pe.muli"(%44, %4) : (index, index) -> index
      %49 = "pe.subi"(%47, %44) : (index, index) -> index
      %50 = "pe.muli"(%49, %4) : (index, index) -> index
      %51 = "pe.muli"(%40, %4) : (index, index) -> index
      %52 = "pe.address"() {buffer = @block::@message.3} : () -> index
      %53 = "pe.address"() {buffer = @block::@map.13} : () -> index
      %54 = "pe.address"() {buffer = @block::@block.values} : () -> index
      %55 = "pe.address"() {buffer = @block::@message.4} : () -> index
      %56 = "pe.addi"(%55, %27) : (index, index) -> index
      %57 = "pe.address"() {buffer = @block::@softmax_divide} : () -> index
      %58 = "pe.address"() {buffer = @block::@block.wo} : () -> index
      %59 = "pe.address"() {buffer = @block::@message.5} : () -> index
      %60 = "pe.address"() {buffer = @block::@map.14} : () -> index
      %61 = "pe.address"() {buffer = @block::@map.15} : () -> index
      %62 = "pe.address"() {buffer = @block::@message.6} : () -> index
      %63 = "pe.address"() {buffer = @block::@map.16} : () -> index
      %64 = "pe.address"() {buffer = @block::@map.17} : () -> index
      %65 = "pe.address"() {buffer = @block::@map.18} : () -> index
      %66 = "pe.address"() {buffer = @block::@map.19} : () -> index
      %67 = "pe.address"() {buffer = @block::@block.norm2} : () -> index
      %68 = "pe.address"() {buffer = @block::@map.20} : () -> index
      %69 = "pe.address"() {buffer = @block::@block.gate} : () -> index
      %70 = "pe.constant"() {value = 96 : i64} : () -> index
      %71 = "pe.constant"() {value = 6 : i64} : () -> index
      %72 = "pe.address"() {buffer = @block::@message.7} : () -> index
      %73 = "pe.address"() {buffer = @block::@block.up} : () -> index
      %74 = "pe.constant"() {value = 24 : i64} : () -> index
      %75 = "pe.addi"(%72, %74) : (index, index) -> index
      %76 = "pe.address"() {buffer = @block::@map.21} : () -> index
      %77 = "pe.address"() {buffer = @block::@map.22} : () -> index
      %78 = "pe.address"() {buffer = @block::@map.23} : () -> index
      %79 = "pe.address"() {buffer = @block::@map.24} : () -> index
      %80 = "pe.address"() {buffer = @block::@block.down} : () -> index
      %81 = "pe.address"() {buffer = @block::@message.8} : () -> index
      %82 = "pe.address"() {buffer = @block::@map.25} : () -> index
      "pe.store"(%1, %2) {type = f32} : (index, index) -> ()
      %83 = "pe.dsd"(%0, %3, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
      %84 = "pe.dsd"(%1, %3, %5, %4, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
      %85 = "pe.dsd"(%6, %3, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%85, %83, %84) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %86 = "pe.dsd"(%7, %3, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%86, %85) {fn = "sin"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %87 = "pe.dsd"(%8, %3, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%87, %85) {fn = "cos"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %88 = "pe.dsd"(%9, %3, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%88, %86) {fn = "neg"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      %89 = "pe.dsd"(%10, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.recv"(%89) {channel = 6 : i64} : (!pe.dsd<f16>) -> ()
      "pe.for"(%5, %12) ({
      ^bb0(%arg0: index):
        %90 = "pe.dsd"(%13, %3, %5, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        %91 = "pe.dsd"(%13, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%91) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        "pe.fma"(%90, %89, %89) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %92 = "pe.dsd"(%14, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%92, %91) {fn = "mul", value = 0.125 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %93 = "pe.dsd"(%15, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%93, %92) {fn = "add", value = 1.0e-05 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %94 = "pe.dsd"(%16, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%94, %93) {fn = "rsqrt"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %95 = "pe.dsd"(%16, %3, %5, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        %96 = "pe.dsd"(%17, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%96, %89, %95) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %97 = "pe.muli"(%arg0, %19) : (index, index) -> index
        %98 = "pe.addi"(%18, %97) : (index, index) -> index
        %99 = "pe.dsd"(%98, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        %100 = "pe.dsd"(%20, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%100, %96, %99) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
        %101 = "pe.muli"(%arg0, %22) : (index, index) -> index
        %102 = "pe.addi"(%21, %101) : (index, index) -> index
        %103 = "pe.dsd"(%24, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%103) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %104 = "pe.dsd"(%24, %11, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %105 = "pe.dsd"(%20, %11, %3, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
        %106 = "pe.dsd"(%102, %11, %11, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%104, %105, %106) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %107 = "pe.muli"(%arg0, %26) : (index, index) -> index
        %108 = "pe.addi"(%25, %107) : (index, index) -> index
        %109 = "pe.dsd"(%28, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%109) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %110 = "pe.dsd"(%28, %11, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %111 = "pe.dsd"(%20, %11, %3, %23, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
        %112 = "pe.dsd"(%108, %11, %23, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%110, %111, %112) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %113 = "pe.addi"(%29, %107) : (index, index) -> index
        %114 = "pe.dsd"(%30, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%114) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %115 = "pe.dsd"(%30, %11, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %116 = "pe.dsd"(%113, %11, %23, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%115, %111, %116) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %117 = "pe.dsd"(%31, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%117, %103) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %118 = "pe.dsd"(%32, %4, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
        %119 = "pe.addi"(%32, %23) : (index, index) -> index
        %120 = "pe.dsd"(%119, %4, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
        %121 = "pe.dsd"(%31, %4, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
        %122 = "pe.addi"(%31, %4) : (index, index) -> index
        %123 = "pe.dsd"(%122, %4, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
        %124 = "pe.dsd"(%8, %4, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%118, %121, %124) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %125 = "pe.dsd"(%9, %4, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fma"(%118, %123, %125) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %126 = "pe.dsd"(%7, %4, %5, %4, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%120, %121, %126) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        "pe.fma"(%120, %123, %124) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %127 = "pe.dsd"(%33, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%127, %109) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %128 = "pe.dsd"(%34, %3, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
        %129 = "pe.addi"(%34, %23) : (index, index) -> index
        %130 = "pe.dsd"(%129, %3, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f32>
        %131 = "pe.dsd"(%33, %3, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
        %132 = "pe.addi"(%33, %4) : (index, index) -> index
        %133 = "pe.dsd"(%132, %3, %23, %4, %4) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%128, %131, %87) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        "pe.fma"(%128, %133, %88) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        "pe.map"(%130, %131, %86) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        "pe.fma"(%130, %133, %87) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %134 = "pe.dsd"(%34, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %135 = "pe.dsd"(%35, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%135, %134) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %136 = "pe.dsd"(%32, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %137 = "pe.dsd"(%36, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%137, %136) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %138 = "pe.muli"(%arg0, %27) : (index, index) -> index
        %139 = "pe.addi"(%37, %138) : (index, index) -> index
        "pe.if"(%5, %38) ({
          %189 = "pe.muli"(%2, %11) : (index, index) -> index
          %190 = "pe.addi"(%139, %189) : (index, index) -> index
          %191 = "pe.dsd"(%190, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
          "pe.map"(%191, %135) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
          "pe.yield"() : () -> ()
        }) {predicate = "eq"} : (index, index) -> ()
        %140 = "pe.dsd"(%41, %3, %5, %51, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%140) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        "pe.for"(%44, %47) ({
        ^bb0(%arg1: index):
          %189 = "pe.muli"(%arg1, %23) : (index, index) -> index
          %190 = "pe.subi"(%189, %43) : (index, index) -> index
          %191 = "pe.maxi"(%190, %5) : (index, index) -> index
          %192 = "pe.addi"(%190, %23) : (index, index) -> index
          %193 = "pe.mini"(%192, %23) : (index, index) -> index
          %194 = "pe.subi"(%193, %191) : (index, index) -> index
          %195 = "pe.muli"(%arg1, %4) : (index, index) -> index
          "pe.for"(%5, %4) ({
          ^bb0(%arg2: index):
            %196 = "pe.muli"(%arg2, %23) : (index, index) -> index
            %197 = "pe.addi"(%196, %191) : (index, index) -> index
            %198 = "pe.addi"(%195, %arg2) : (index, index) -> index
            %199 = "pe.muli"(%198, %40) : (index, index) -> index
            %200 = "pe.muli"(%199, %23) : (index, index) -> index
            %201 = "pe.addi"(%41, %200) : (index, index) -> index
            %202 = "pe.muli"(%191, %4) : (index, index) -> index
            %203 = "pe.addi"(%139, %202) : (index, index) -> index
            %204 = "pe.muli"(%197, %4) : (index, index) -> index
            %205 = "pe.addi"(%36, %204) : (index, index) -> index
            %206 = "pe.dsd"(%201, %194, %5, %40, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
            %207 = "pe.dsd"(%203, %194, %3, %40, %23) : (index, index, index, index, index) -> !pe.dsd<f16>
            %208 = "pe.dsd"(%205, %194, %3, %40, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
            "pe.fma"(%206, %207, %208) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
            "pe.yield"() : () -> ()
          }) : (index, index) -> ()
          "pe.yield"() : () -> ()
        }) : (index, index) -> ()
        %141 = "pe.dsd"(%52, %3, %5, %50, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%141) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
        %142 = "pe.dsd"(%52, %50, %3, %40, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        %143 = "pe.muli"(%48, %40) : (index, index) -> index
        %144 = "pe.muli"(%143, %23) : (index, index) -> index
        %145 = "pe.addi"(%41, %144) : (index, index) -> index
        %146 = "pe.dsd"(%145, %50, %40, %40, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%142, %142, %146) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %147 = "pe.dsd"(%53, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%147, %114) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %148 = "pe.addi"(%54, %138) : (index, index) -> index
        "pe.if"(%5, %38) ({
          %189 = "pe.muli"(%2, %11) : (index, index) -> index
          %190 = "pe.addi"(%148, %189) : (index, index) -> index
          %191 = "pe.dsd"(%190, %3, %5, %23, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
          "pe.map"(%191, %147) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
          "pe.yield"() : () -> ()
        }) {predicate = "eq"} : (index, index) -> ()
        "pe.map"(%146, %146, %142) {fn = "sub"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
        "pe.map"(%146, %146) {fn = "mul", value = 0.5 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        "pe.map"(%146, %146) {fn = "exp"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %149 = "pe.dsd"(%56, %3, %5, %50, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%149) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %150 = "pe.dsd"(%56, %50, %3, %40, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%150, %150, %146) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %151 = "pe.dsd"(%55, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%151) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        "pe.for"(%44, %47) ({
        ^bb0(%arg1: index):
          %189 = "pe.muli"(%arg1, %23) : (index, index) -> index
          %190 = "pe.subi"(%189, %43) : (index, index) -> index
          %191 = "pe.maxi"(%190, %5) : (index, index) -> index
          %192 = "pe.addi"(%190, %23) : (index, index) -> index
          %193 = "pe.mini"(%192, %23) : (index, index) -> index
          %194 = "pe.subi"(%193, %191) : (index, index) -> index
          %195 = "pe.muli"(%arg1, %4) : (index, index) -> index
          "pe.for"(%5, %4) ({
          ^bb0(%arg2: index):
            %196 = "pe.muli"(%arg2, %23) : (index, index) -> index
            %197 = "pe.addi"(%196, %191) : (index, index) -> index
            %198 = "pe.addi"(%195, %arg2) : (index, index) -> index
            %199 = "pe.muli"(%197, %23) : (index, index) -> index
            %200 = "pe.addi"(%55, %199) : (index, index) -> index
            %201 = "pe.muli"(%191, %4) : (index, index) -> index
            %202 = "pe.addi"(%148, %201) : (index, index) -> index
            %203 = "pe.muli"(%198, %40) : (index, index) -> index
            %204 = "pe.muli"(%203, %23) : (index, index) -> index
            %205 = "pe.addi"(%41, %204) : (index, index) -> index
            %206 = "pe.dsd"(%200, %194, %3, %40, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
            %207 = "pe.dsd"(%202, %194, %3, %40, %23) : (index, index, index, index, index) -> !pe.dsd<f16>
            %208 = "pe.dsd"(%205, %194, %5, %40, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
            "pe.fma"(%206, %207, %208) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
            "pe.yield"() : () -> ()
          }) : (index, index) -> ()
          "pe.yield"() : () -> ()
        }) : (index, index) -> ()
        "pe.map"(%149, %149) {fn = "reciprocal"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        "pe.for"(%44, %47) ({
        ^bb0(%arg1: index):
          %189 = "pe.muli"(%arg1, %23) : (index, index) -> index
          %190 = "pe.subi"(%189, %43) : (index, index) -> index
          %191 = "pe.maxi"(%190, %5) : (index, index) -> index
          %192 = "pe.addi"(%190, %23) : (index, index) -> index
          %193 = "pe.mini"(%192, %23) : (index, index) -> index
          %194 = "pe.subi"(%193, %191) : (index, index) -> index
          %195 = "pe.muli"(%arg1, %4) : (index, index) -> index
          "pe.for"(%5, %4) ({
          ^bb0(%arg2: index):
            %196 = "pe.muli"(%arg2, %23) : (index, index) -> index
            %197 = "pe.addi"(%196, %191) : (index, index) -> index
            %198 = "pe.addi"(%195, %arg2) : (index, index) -> index
            %199 = "pe.subi"(%198, %48) : (index, index) -> index
            %200 = "pe.muli"(%199, %23) : (index, index) -> index
            %201 = "pe.addi"(%56, %200) : (index, index) -> index
            %202 = "pe.muli"(%197, %4) : (index, index) -> index
            %203 = "pe.addi"(%57, %202) : (index, index) -> index
            %204 = "pe.dsd"(%203, %3, %5, %194, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
            %205 = "pe.muli"(%197, %23) : (index, index) -> index
            %206 = "pe.addi"(%55, %205) : (index, index) -> index
            %207 = "pe.dsd"(%206, %3, %5, %194, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
            %208 = "pe.dsd"(%201, %3, %5, %194, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
            "pe.map"(%204, %207, %208) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
            "pe.yield"() : () -> ()
          }) : (index, index) -> ()
          "pe.yield"() : () -> ()
        }) : (index, index) -> ()
        %152 = "pe.addi"(%58, %101) : (index, index) -> index
        %153 = "pe.dsd"(%59, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%153) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %154 = "pe.dsd"(%59, %11, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %155 = "pe.dsd"(%57, %11, %3, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
        %156 = "pe.dsd"(%152, %11, %11, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%154, %155, %156) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %157 = "pe.dsd"(%60, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%157, %153) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %158 = "pe.dsd"(%61, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%158, %89, %157) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %159 = "pe.dsd"(%62, %3, %5, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        %160 = "pe.dsd"(%62, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%160) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        "pe.fma"(%159, %158, %158) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %161 = "pe.dsd"(%63, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%161, %160) {fn = "mul", value = 0.125 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %162 = "pe.dsd"(%64, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%162, %161) {fn = "add", value = 1.0e-05 : f32} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %163 = "pe.dsd"(%65, %3, %5, %3, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%163, %162) {fn = "rsqrt"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
        %164 = "pe.dsd"(%65, %3, %5, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f32>
        %165 = "pe.dsd"(%66, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%165, %158, %164) {fn = "mul"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %166 = "pe.addi"(%67, %97) : (index, index) -> index
        %167 = "pe.dsd"(%166, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        %168 = "pe.dsd"(%68, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%168, %165, %167) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
        %169 = "pe.muli"(%arg0, %70) : (index, index) -> index
        %170 = "pe.addi"(%69, %169) : (index, index) -> index
        %171 = "pe.dsd"(%72, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%171) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %172 = "pe.dsd"(%72, %11, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %173 = "pe.dsd"(%68, %11, %3, %71, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
        %174 = "pe.dsd"(%170, %11, %71, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%172, %173, %174) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %175 = "pe.addi"(%73, %169) : (index, index) -> index
        %176 = "pe.dsd"(%75, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%176) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %177 = "pe.dsd"(%75, %11, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %178 = "pe.dsd"(%175, %11, %71, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%177, %173, %178) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %179 = "pe.dsd"(%76, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%179, %171) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %180 = "pe.dsd"(%77, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.map"(%180, %179) {fn = "silu"} : (!pe.dsd<f32>, !pe.dsd<f16>) -> ()
        %181 = "pe.dsd"(%78, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%181, %176) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        %182 = "pe.dsd"(%79, %3, %5, %71, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%182, %180, %181) {fn = "mul"} : (!pe.dsd<f16>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
        %183 = "pe.addi"(%80, %169) : (index, index) -> index
        %184 = "pe.dsd"(%81, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        "pe.fill"(%184) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
        %185 = "pe.dsd"(%81, %71, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f32>
        %186 = "pe.dsd"(%79, %71, %3, %11, %5) : (index, index, index, index, index) -> !pe.dsd<f16>
        %187 = "pe.dsd"(%183, %71, %11, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.fma"(%185, %186, %187) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        %188 = "pe.dsd"(%82, %3, %5, %11, %3) : (index, index, index, index, index) -> !pe.dsd<f16>
        "pe.map"(%188, %184) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
        "pe.map"(%89, %158, %188) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
        "pe.yield"() : () -> ()
      }) : (index, index) -> ()
      "pe.send"(%89) {channel = 7 : i64} : (!pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "single.single"} : () -> ()
  }) {grid = "block", height = 1 : i64, sram_bytes = 1704 : i64, sym_name = "block", width = 1 : i64} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 2>, origin = array<i64: 1, 0>, region = @block, sym_name = "block.0"} : () -> ()
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
  "pe.tile"() {channels = array<i64: -1, -1, -1, -1, -1, -1, 7, 6>, columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@single.single, rows = array<i64: 0, 1, 1>} : () -> ()
  "pe.tile"() {channels = array<i64: -1, -1, -1, -1, -1, -1, 6, 7>, columns = array<i64: 0, 1, 1>, instance = @block.0, program = @block::@single.single, rows = array<i64: 0, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 2, 1>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 1 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {context = 4 : i64, dim = 8 : i64, ffn = 6 : i64, head_dim = 4 : i64, heads = 2 : i64, kv_heads = 1 : i64, layers = 2 : i64, vocab = 8 : i64}, nn.model = "tale"} : () -> ()
