"builtin.module"() ({
  "fabric.region"() ({
    "pe.buffer"() {bytes = 20 : i64, kind = "weight", offset = 0 : i64, sym_name = "w1"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "weight", offset = 20 : i64, sym_name = "b1"} : () -> ()
    "pe.buffer"() {bytes = 20 : i64, kind = "weight", offset = 28 : i64, sym_name = "w2"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "weight", offset = 48 : i64, sym_name = "b2"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "weight", offset = 56 : i64, sym_name = "w3"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "weight", offset = 68 : i64, sym_name = "b3"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "state", offset = 72 : i64, sym_name = "input.x"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 80 : i64, sym_name = "output.token"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "state", offset = 84 : i64, sym_name = "output.logits"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 88 : i64, sym_name = "message"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 100 : i64, sym_name = "map"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 88 : i64, sym_name = "map.1"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 100 : i64, sym_name = "map.2"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 88 : i64, sym_name = "message.1"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 100 : i64, sym_name = "map.3"} : () -> ()
    "pe.buffer"() {bytes = 12 : i64, kind = "temp", offset = 88 : i64, sym_name = "map.4"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 100 : i64, sym_name = "map.5"} : () -> ()
    "pe.buffer"() {bytes = 8 : i64, kind = "temp", offset = 88 : i64, sym_name = "message.2"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 96 : i64, sym_name = "map.6"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 88 : i64, sym_name = "map.7"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 92 : i64, sym_name = "argmax.0"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 96 : i64, sym_name = "argmax.1"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 100 : i64, sym_name = "message.3"} : () -> ()
    "pe.buffer"() {bytes = 4 : i64, kind = "temp", offset = 104 : i64, sym_name = "message.4"} : () -> ()
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@w1} : () -> index
      %1 = "pe.constant"() {value = 1 : i64} : () -> index
      %2 = "pe.constant"() {value = 3 : i64} : () -> index
      %3 = "pe.constant"() {value = 5 : i64} : () -> index
      %4 = "pe.coord"() {axis = "x"} : () -> index
      %5 = "pe.muli"(%4, %2) : (index, index) -> index
      %6 = "pe.mini"(%5, %3) : (index, index) -> index
      %7 = "pe.subi"(%3, %6) : (index, index) -> index
      %8 = "pe.mini"(%7, %2) : (index, index) -> index
      %9 = "pe.constant"() {value = 0 : i64} : () -> index
      %10 = "pe.address"() {buffer = @io::@message} : () -> index
      %11 = "pe.address"() {buffer = @io::@input.x} : () -> index
      %12 = "pe.address"() {buffer = @io::@map} : () -> index
      %13 = "pe.address"() {buffer = @io::@b1} : () -> index
      %14 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %15 = "pe.address"() {buffer = @io::@map.2} : () -> index
      %16 = "pe.address"() {buffer = @io::@w2} : () -> index
      %17 = "pe.coord"() {axis = "y"} : () -> index
      %18 = "pe.muli"(%17, %2) : (index, index) -> index
      %19 = "pe.mini"(%18, %3) : (index, index) -> index
      %20 = "pe.subi"(%3, %19) : (index, index) -> index
      %21 = "pe.mini"(%20, %2) : (index, index) -> index
      %22 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %23 = "pe.address"() {buffer = @io::@map.3} : () -> index
      %24 = "pe.address"() {buffer = @io::@b2} : () -> index
      %25 = "pe.address"() {buffer = @io::@map.4} : () -> index
      %26 = "pe.address"() {buffer = @io::@map.5} : () -> index
      %27 = "pe.address"() {buffer = @io::@w3} : () -> index
      %28 = "pe.constant"() {value = 2 : i64} : () -> index
      %29 = "pe.muli"(%4, %28) : (index, index) -> index
      %30 = "pe.mini"(%29, %2) : (index, index) -> index
      %31 = "pe.subi"(%2, %30) : (index, index) -> index
      %32 = "pe.mini"(%31, %28) : (index, index) -> index
      %33 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %34 = "pe.address"() {buffer = @io::@map.6} : () -> index
      %35 = "pe.address"() {buffer = @io::@b3} : () -> index
      %36 = "pe.address"() {buffer = @io::@map.7} : () -> index
      %37 = "pe.address"() {buffer = @io::@argmax.0} : () -> index
      %38 = "pe.address"() {buffer = @io::@argmax.1} : () -> index
      %39 = "pe.address"() {buffer = @io::@message.3} : () -> index
      %40 = "pe.address"() {buffer = @io::@message.4} : () -> index
      %41 = "pe.address"() {buffer = @io::@output.token} : () -> index
      %42 = "pe.address"() {buffer = @io::@output.logits} : () -> index
      %43 = "pe.dsd"(%10, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%43) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%10, %2, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %45 = "pe.dsd"(%11, %2, %1, %8, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %46 = "pe.dsd"(%0, %2, %8, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%44, %45, %46) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%43) {channel = 3 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%43) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %47 = "pe.dsd"(%12, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%47, %43) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %48 = "pe.dsd"(%13, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %49 = "pe.dsd"(%14, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%49, %47, %48) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %50 = "pe.dsd"(%15, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%50, %49) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %51 = "pe.dsd"(%22, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%51) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %52 = "pe.dsd"(%22, %8, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %53 = "pe.dsd"(%15, %8, %1, %21, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %54 = "pe.dsd"(%16, %8, %21, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%52, %53, %54) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%51) {channel = 0 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%51) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %55 = "pe.dsd"(%23, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%55, %51) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %56 = "pe.dsd"(%24, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %57 = "pe.dsd"(%25, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%57, %55, %56) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %58 = "pe.dsd"(%26, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%58, %57) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %59 = "pe.dsd"(%33, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%59) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %60 = "pe.dsd"(%33, %21, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %61 = "pe.dsd"(%26, %21, %1, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %62 = "pe.dsd"(%27, %21, %32, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%60, %61, %62) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%59) {channel = 3 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%59) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %63 = "pe.dsd"(%34, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%63, %59) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %64 = "pe.dsd"(%35, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %65 = "pe.dsd"(%36, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%65, %63, %64) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %66 = "pe.dsd"(%37, %1, %9, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f32>
      %67 = "pe.dsd"(%37, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%67) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      "pe.map"(%66, %66, %65) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      "pe.store"(%38, %9) {type = i32} : (index, index) -> ()
      %68 = "pe.dsd"(%38, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.argmax"(%68, %65) : (!pe.dsd<i32>, !pe.dsd<f16>) -> ()
      %69 = "pe.load"(%38) : (index) -> index
      %70 = "pe.addi"(%69, %30) : (index, index) -> index
      "pe.store"(%38, %70) {type = i32} : (index, index) -> ()
      %71 = "pe.dsd"(%39, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%71, %67) {fn = "copy"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.recv_reduce"(%71) {channel = 0 : i64, fn = "max"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%71) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %72 = "pe.dsd"(%40, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%72, %68) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.keep_equal"(%72, %67, %71) : (!pe.dsd<i32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.recv_reduce"(%72) {channel = 0 : i64, fn = "min"} : (!pe.dsd<i32>) -> ()
      "pe.send"(%72) {channel = 2 : i64} : (!pe.dsd<i32>) -> ()
      %73 = "pe.dsd"(%41, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%73, %72) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      %74 = "pe.dsd"(%42, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%74, %65) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "root.root"} : () -> ()
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@w1} : () -> index
      %1 = "pe.constant"() {value = 1 : i64} : () -> index
      %2 = "pe.constant"() {value = 3 : i64} : () -> index
      %3 = "pe.constant"() {value = 5 : i64} : () -> index
      %4 = "pe.coord"() {axis = "x"} : () -> index
      %5 = "pe.muli"(%4, %2) : (index, index) -> index
      %6 = "pe.mini"(%5, %3) : (index, index) -> index
      %7 = "pe.subi"(%3, %6) : (index, index) -> index
      %8 = "pe.mini"(%7, %2) : (index, index) -> index
      %9 = "pe.constant"() {value = 0 : i64} : () -> index
      %10 = "pe.address"() {buffer = @io::@message} : () -> index
      %11 = "pe.address"() {buffer = @io::@input.x} : () -> index
      %12 = "pe.address"() {buffer = @io::@map} : () -> index
      %13 = "pe.address"() {buffer = @io::@b1} : () -> index
      %14 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %15 = "pe.address"() {buffer = @io::@map.2} : () -> index
      %16 = "pe.address"() {buffer = @io::@w2} : () -> index
      %17 = "pe.coord"() {axis = "y"} : () -> index
      %18 = "pe.muli"(%17, %2) : (index, index) -> index
      %19 = "pe.mini"(%18, %3) : (index, index) -> index
      %20 = "pe.subi"(%3, %19) : (index, index) -> index
      %21 = "pe.mini"(%20, %2) : (index, index) -> index
      %22 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %23 = "pe.address"() {buffer = @io::@map.3} : () -> index
      %24 = "pe.address"() {buffer = @io::@b2} : () -> index
      %25 = "pe.address"() {buffer = @io::@map.4} : () -> index
      %26 = "pe.address"() {buffer = @io::@map.5} : () -> index
      %27 = "pe.address"() {buffer = @io::@w3} : () -> index
      %28 = "pe.constant"() {value = 2 : i64} : () -> index
      %29 = "pe.muli"(%4, %28) : (index, index) -> index
      %30 = "pe.mini"(%29, %2) : (index, index) -> index
      %31 = "pe.subi"(%2, %30) : (index, index) -> index
      %32 = "pe.mini"(%31, %28) : (index, index) -> index
      %33 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %34 = "pe.address"() {buffer = @io::@map.6} : () -> index
      %35 = "pe.address"() {buffer = @io::@b3} : () -> index
      %36 = "pe.address"() {buffer = @io::@map.7} : () -> index
      %37 = "pe.address"() {buffer = @io::@argmax.0} : () -> index
      %38 = "pe.address"() {buffer = @io::@argmax.1} : () -> index
      %39 = "pe.address"() {buffer = @io::@message.3} : () -> index
      %40 = "pe.address"() {buffer = @io::@message.4} : () -> index
      %41 = "pe.address"() {buffer = @io::@output.token} : () -> index
      %42 = "pe.address"() {buffer = @io::@output.logits} : () -> index
      %43 = "pe.dsd"(%10, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%43) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%10, %2, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %45 = "pe.dsd"(%11, %2, %1, %8, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %46 = "pe.dsd"(%0, %2, %8, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%44, %45, %46) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%43) {channel = 3 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%43) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %47 = "pe.dsd"(%12, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%47, %43) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %48 = "pe.dsd"(%13, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %49 = "pe.dsd"(%14, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%49, %47, %48) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %50 = "pe.dsd"(%15, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%50, %49) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %51 = "pe.dsd"(%22, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%51) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %52 = "pe.dsd"(%22, %8, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %53 = "pe.dsd"(%15, %8, %1, %21, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %54 = "pe.dsd"(%16, %8, %21, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%52, %53, %54) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%51) {channel = 1 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%51) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %55 = "pe.dsd"(%23, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%55, %51) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %56 = "pe.dsd"(%24, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %57 = "pe.dsd"(%25, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%57, %55, %56) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %58 = "pe.dsd"(%26, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%58, %57) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %59 = "pe.dsd"(%33, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%59) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %60 = "pe.dsd"(%33, %21, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %61 = "pe.dsd"(%26, %21, %1, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %62 = "pe.dsd"(%27, %21, %32, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%60, %61, %62) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%59) {channel = 3 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%59) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %63 = "pe.dsd"(%34, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%63, %59) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %64 = "pe.dsd"(%35, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %65 = "pe.dsd"(%36, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%65, %63, %64) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %66 = "pe.dsd"(%37, %1, %9, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f32>
      %67 = "pe.dsd"(%37, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%67) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      "pe.map"(%66, %66, %65) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      "pe.store"(%38, %9) {type = i32} : (index, index) -> ()
      %68 = "pe.dsd"(%38, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.argmax"(%68, %65) : (!pe.dsd<i32>, !pe.dsd<f16>) -> ()
      %69 = "pe.load"(%38) : (index) -> index
      %70 = "pe.addi"(%69, %30) : (index, index) -> index
      "pe.store"(%38, %70) {type = i32} : (index, index) -> ()
      %71 = "pe.dsd"(%39, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%71, %67) {fn = "copy"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.send"(%71) {channel = 1 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%71) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %72 = "pe.dsd"(%40, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%72, %68) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.keep_equal"(%72, %67, %71) : (!pe.dsd<i32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.send"(%72) {channel = 1 : i64} : (!pe.dsd<i32>) -> ()
      "pe.recv"(%72) {channel = 2 : i64} : (!pe.dsd<i32>) -> ()
      %73 = "pe.dsd"(%41, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%73, %72) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      %74 = "pe.dsd"(%42, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%74, %65) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "end.root"} : () -> ()
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@w1} : () -> index
      %1 = "pe.constant"() {value = 1 : i64} : () -> index
      %2 = "pe.constant"() {value = 3 : i64} : () -> index
      %3 = "pe.constant"() {value = 5 : i64} : () -> index
      %4 = "pe.coord"() {axis = "x"} : () -> index
      %5 = "pe.muli"(%4, %2) : (index, index) -> index
      %6 = "pe.mini"(%5, %3) : (index, index) -> index
      %7 = "pe.subi"(%3, %6) : (index, index) -> index
      %8 = "pe.mini"(%7, %2) : (index, index) -> index
      %9 = "pe.constant"() {value = 0 : i64} : () -> index
      %10 = "pe.address"() {buffer = @io::@message} : () -> index
      %11 = "pe.address"() {buffer = @io::@input.x} : () -> index
      %12 = "pe.address"() {buffer = @io::@map} : () -> index
      %13 = "pe.address"() {buffer = @io::@b1} : () -> index
      %14 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %15 = "pe.address"() {buffer = @io::@map.2} : () -> index
      %16 = "pe.address"() {buffer = @io::@w2} : () -> index
      %17 = "pe.coord"() {axis = "y"} : () -> index
      %18 = "pe.muli"(%17, %2) : (index, index) -> index
      %19 = "pe.mini"(%18, %3) : (index, index) -> index
      %20 = "pe.subi"(%3, %19) : (index, index) -> index
      %21 = "pe.mini"(%20, %2) : (index, index) -> index
      %22 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %23 = "pe.address"() {buffer = @io::@map.3} : () -> index
      %24 = "pe.address"() {buffer = @io::@b2} : () -> index
      %25 = "pe.address"() {buffer = @io::@map.4} : () -> index
      %26 = "pe.address"() {buffer = @io::@map.5} : () -> index
      %27 = "pe.address"() {buffer = @io::@w3} : () -> index
      %28 = "pe.constant"() {value = 2 : i64} : () -> index
      %29 = "pe.muli"(%4, %28) : (index, index) -> index
      %30 = "pe.mini"(%29, %2) : (index, index) -> index
      %31 = "pe.subi"(%2, %30) : (index, index) -> index
      %32 = "pe.mini"(%31, %28) : (index, index) -> index
      %33 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %34 = "pe.address"() {buffer = @io::@map.6} : () -> index
      %35 = "pe.address"() {buffer = @io::@b3} : () -> index
      %36 = "pe.address"() {buffer = @io::@map.7} : () -> index
      %37 = "pe.address"() {buffer = @io::@argmax.0} : () -> index
      %38 = "pe.address"() {buffer = @io::@argmax.1} : () -> index
      %39 = "pe.address"() {buffer = @io::@message.3} : () -> index
      %40 = "pe.address"() {buffer = @io::@message.4} : () -> index
      %41 = "pe.address"() {buffer = @io::@output.token} : () -> index
      %42 = "pe.address"() {buffer = @io::@output.logits} : () -> index
      %43 = "pe.dsd"(%10, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%43) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%10, %2, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %45 = "pe.dsd"(%11, %2, %1, %8, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %46 = "pe.dsd"(%0, %2, %8, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%44, %45, %46) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%43) {channel = 4 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%43) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %47 = "pe.dsd"(%12, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%47, %43) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %48 = "pe.dsd"(%13, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %49 = "pe.dsd"(%14, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%49, %47, %48) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %50 = "pe.dsd"(%15, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%50, %49) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %51 = "pe.dsd"(%22, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%51) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %52 = "pe.dsd"(%22, %8, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %53 = "pe.dsd"(%15, %8, %1, %21, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %54 = "pe.dsd"(%16, %8, %21, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%52, %53, %54) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.recv_reduce"(%51) {channel = 0 : i64, fn = "add"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%51) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %55 = "pe.dsd"(%23, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%55, %51) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %56 = "pe.dsd"(%24, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %57 = "pe.dsd"(%25, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%57, %55, %56) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %58 = "pe.dsd"(%26, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%58, %57) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %59 = "pe.dsd"(%33, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%59) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %60 = "pe.dsd"(%33, %21, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %61 = "pe.dsd"(%26, %21, %1, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %62 = "pe.dsd"(%27, %21, %32, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%60, %61, %62) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%59) {channel = 4 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%59) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %63 = "pe.dsd"(%34, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%63, %59) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %64 = "pe.dsd"(%35, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %65 = "pe.dsd"(%36, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%65, %63, %64) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %66 = "pe.dsd"(%37, %1, %9, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f32>
      %67 = "pe.dsd"(%37, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%67) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      "pe.map"(%66, %66, %65) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      "pe.store"(%38, %9) {type = i32} : (index, index) -> ()
      %68 = "pe.dsd"(%38, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.argmax"(%68, %65) : (!pe.dsd<i32>, !pe.dsd<f16>) -> ()
      %69 = "pe.load"(%38) : (index) -> index
      %70 = "pe.addi"(%69, %30) : (index, index) -> index
      "pe.store"(%38, %70) {type = i32} : (index, index) -> ()
      %71 = "pe.dsd"(%39, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%71, %67) {fn = "copy"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.recv_reduce"(%71) {channel = 0 : i64, fn = "max"} : (!pe.dsd<f32>) -> ()
      "pe.send"(%71) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %72 = "pe.dsd"(%40, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%72, %68) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.keep_equal"(%72, %67, %71) : (!pe.dsd<i32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.recv_reduce"(%72) {channel = 0 : i64, fn = "min"} : (!pe.dsd<i32>) -> ()
      "pe.send"(%72) {channel = 2 : i64} : (!pe.dsd<i32>) -> ()
      %73 = "pe.dsd"(%41, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%73, %72) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      %74 = "pe.dsd"(%42, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%74, %65) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "root.end"} : () -> ()
    "pe.program"() ({
      %0 = "pe.address"() {buffer = @io::@w1} : () -> index
      %1 = "pe.constant"() {value = 1 : i64} : () -> index
      %2 = "pe.constant"() {value = 3 : i64} : () -> index
      %3 = "pe.constant"() {value = 5 : i64} : () -> index
      %4 = "pe.coord"() {axis = "x"} : () -> index
      %5 = "pe.muli"(%4, %2) : (index, index) -> index
      %6 = "pe.mini"(%5, %3) : (index, index) -> index
      %7 = "pe.subi"(%3, %6) : (index, index) -> index
      %8 = "pe.mini"(%7, %2) : (index, index) -> index
      %9 = "pe.constant"() {value = 0 : i64} : () -> index
      %10 = "pe.address"() {buffer = @io::@message} : () -> index
      %11 = "pe.address"() {buffer = @io::@input.x} : () -> index
      %12 = "pe.address"() {buffer = @io::@map} : () -> index
      %13 = "pe.address"() {buffer = @io::@b1} : () -> index
      %14 = "pe.address"() {buffer = @io::@map.1} : () -> index
      %15 = "pe.address"() {buffer = @io::@map.2} : () -> index
      %16 = "pe.address"() {buffer = @io::@w2} : () -> index
      %17 = "pe.coord"() {axis = "y"} : () -> index
      %18 = "pe.muli"(%17, %2) : (index, index) -> index
      %19 = "pe.mini"(%18, %3) : (index, index) -> index
      %20 = "pe.subi"(%3, %19) : (index, index) -> index
      %21 = "pe.mini"(%20, %2) : (index, index) -> index
      %22 = "pe.address"() {buffer = @io::@message.1} : () -> index
      %23 = "pe.address"() {buffer = @io::@map.3} : () -> index
      %24 = "pe.address"() {buffer = @io::@b2} : () -> index
      %25 = "pe.address"() {buffer = @io::@map.4} : () -> index
      %26 = "pe.address"() {buffer = @io::@map.5} : () -> index
      %27 = "pe.address"() {buffer = @io::@w3} : () -> index
      %28 = "pe.constant"() {value = 2 : i64} : () -> index
      %29 = "pe.muli"(%4, %28) : (index, index) -> index
      %30 = "pe.mini"(%29, %2) : (index, index) -> index
      %31 = "pe.subi"(%2, %30) : (index, index) -> index
      %32 = "pe.mini"(%31, %28) : (index, index) -> index
      %33 = "pe.address"() {buffer = @io::@message.2} : () -> index
      %34 = "pe.address"() {buffer = @io::@map.6} : () -> index
      %35 = "pe.address"() {buffer = @io::@b3} : () -> index
      %36 = "pe.address"() {buffer = @io::@map.7} : () -> index
      %37 = "pe.address"() {buffer = @io::@argmax.0} : () -> index
      %38 = "pe.address"() {buffer = @io::@argmax.1} : () -> index
      %39 = "pe.address"() {buffer = @io::@message.3} : () -> index
      %40 = "pe.address"() {buffer = @io::@message.4} : () -> index
      %41 = "pe.address"() {buffer = @io::@output.token} : () -> index
      %42 = "pe.address"() {buffer = @io::@output.logits} : () -> index
      %43 = "pe.dsd"(%10, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%43) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %44 = "pe.dsd"(%10, %2, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %45 = "pe.dsd"(%11, %2, %1, %8, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %46 = "pe.dsd"(%0, %2, %8, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%44, %45, %46) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%43) {channel = 4 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%43) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %47 = "pe.dsd"(%12, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%47, %43) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %48 = "pe.dsd"(%13, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %49 = "pe.dsd"(%14, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%49, %47, %48) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %50 = "pe.dsd"(%15, %1, %9, %8, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%50, %49) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %51 = "pe.dsd"(%22, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%51) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %52 = "pe.dsd"(%22, %8, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %53 = "pe.dsd"(%15, %8, %1, %21, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %54 = "pe.dsd"(%16, %8, %21, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%52, %53, %54) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%51) {channel = 1 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%51) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %55 = "pe.dsd"(%23, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%55, %51) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %56 = "pe.dsd"(%24, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %57 = "pe.dsd"(%25, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%57, %55, %56) {fn = "add"} : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %58 = "pe.dsd"(%26, %1, %9, %21, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%58, %57) {fn = "relu"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %59 = "pe.dsd"(%33, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%59) {value = 0.0 : f32} : (!pe.dsd<f32>) -> ()
      %60 = "pe.dsd"(%33, %21, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      %61 = "pe.dsd"(%26, %21, %1, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f16>
      %62 = "pe.dsd"(%27, %21, %32, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.fma"(%60, %61, %62) : (!pe.dsd<f32>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.send"(%59) {channel = 4 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%59) {channel = 5 : i64} : (!pe.dsd<f32>) -> ()
      %63 = "pe.dsd"(%34, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%63, %59) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f32>) -> ()
      %64 = "pe.dsd"(%35, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      %65 = "pe.dsd"(%36, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%65, %63, %64) {fn = "add"} : (!pe.dsd<f16>, !pe.dsd<f16>, !pe.dsd<f16>) -> ()
      %66 = "pe.dsd"(%37, %1, %9, %32, %9) : (index, index, index, index, index) -> !pe.dsd<f32>
      %67 = "pe.dsd"(%37, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.fill"(%67) {value = 0xFF800000 : f32} : (!pe.dsd<f32>) -> ()
      "pe.map"(%66, %66, %65) {fn = "max"} : (!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f16>) -> ()
      "pe.store"(%38, %9) {type = i32} : (index, index) -> ()
      %68 = "pe.dsd"(%38, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.argmax"(%68, %65) : (!pe.dsd<i32>, !pe.dsd<f16>) -> ()
      %69 = "pe.load"(%38) : (index) -> index
      %70 = "pe.addi"(%69, %30) : (index, index) -> index
      "pe.store"(%38, %70) {type = i32} : (index, index) -> ()
      %71 = "pe.dsd"(%39, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<f32>
      "pe.map"(%71, %67) {fn = "copy"} : (!pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.send"(%71) {channel = 1 : i64} : (!pe.dsd<f32>) -> ()
      "pe.recv"(%71) {channel = 2 : i64} : (!pe.dsd<f32>) -> ()
      %72 = "pe.dsd"(%40, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%72, %68) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      "pe.keep_equal"(%72, %67, %71) : (!pe.dsd<i32>, !pe.dsd<f32>, !pe.dsd<f32>) -> ()
      "pe.send"(%72) {channel = 1 : i64} : (!pe.dsd<i32>) -> ()
      "pe.recv"(%72) {channel = 2 : i64} : (!pe.dsd<i32>) -> ()
      %73 = "pe.dsd"(%41, %1, %9, %1, %1) : (index, index, index, index, index) -> !pe.dsd<i32>
      "pe.map"(%73, %72) {fn = "copy"} : (!pe.dsd<i32>, !pe.dsd<i32>) -> ()
      %74 = "pe.dsd"(%42, %1, %9, %32, %1) : (index, index, index, index, index) -> !pe.dsd<f16>
      "pe.map"(%74, %65) {fn = "copy"} : (!pe.dsd<f16>, !pe.dsd<f16>) -> ()
      "pe.return"() : () -> ()
    }) {sym_name = "end.end"} : () -> ()
  }) {grid = "io", height = 2 : i64, reduce_x = "chain", reduce_y = "chain", sram_bytes = 108 : i64, sym_name = "io", width = 2 : i64} : () -> ()
  "fabric.instance"() {layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "io.0.x.reduce", input = "E", outputs = ["RAMP"], rect = array<i64: 0, 0, 1, 2, 1, 1>} : () -> ()
  "fabric.route"() {color = 2 : i64, flow = "io.0.x.broadcast", input = "RAMP", outputs = ["E"], rect = array<i64: 0, 0, 1, 2, 1, 1>} : () -> ()
  "fabric.route"() {color = 1 : i64, flow = "io.0.x.reduce", input = "RAMP", outputs = ["W"], rect = array<i64: 1, 0, 1, 2, 1, 1>} : () -> ()
  "fabric.route"() {color = 2 : i64, flow = "io.0.x.broadcast", input = "W", outputs = ["RAMP"], rect = array<i64: 1, 0, 1, 2, 1, 1>} : () -> ()
  "fabric.route"() {color = 4 : i64, flow = "io.0.y.reduce", input = "S", outputs = ["RAMP"], rect = array<i64: 0, 0, 2, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 5 : i64, flow = "io.0.y.broadcast", input = "RAMP", outputs = ["S"], rect = array<i64: 0, 0, 2, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 4 : i64, flow = "io.0.y.reduce", input = "RAMP", outputs = ["N"], rect = array<i64: 0, 1, 2, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 5 : i64, flow = "io.0.y.broadcast", input = "N", outputs = ["RAMP"], rect = array<i64: 0, 1, 2, 1, 1, 1>} : () -> ()
  "pe.variable"() {buffer = @io::@w1, kind = "weight", source = "w1", sym_name = "w1", type = !dist.tensor<@io, [6 y, 5 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@b1, kind = "weight", source = "b1", sym_name = "b1", type = !dist.tensor<@io, [5 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@w2, kind = "weight", source = "w2", sym_name = "w2", type = !dist.tensor<@io, [5 x, 5 y], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@b2, kind = "weight", source = "b2", sym_name = "b2", type = !dist.tensor<@io, [5 y], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@w3, kind = "weight", source = "w3", sym_name = "w3", type = !dist.tensor<@io, [5 y, 3 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@b3, kind = "weight", source = "b3", sym_name = "b3", type = !dist.tensor<@io, [3 x], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@input.x, kind = "input", sym_name = "input.x", type = !dist.tensor<@io, [6 y], f16>} : () -> ()
  "pe.variable"() {buffer = @io::@output.token, kind = "output", sym_name = "output.token", type = !dist.tensor<@io, [], i32>} : () -> ()
  "pe.variable"() {buffer = @io::@output.logits, kind = "output", sym_name = "output.logits", type = !dist.tensor<@io, [3 x], f16>} : () -> ()
  "pe.tile"() {channels = array<i64: 1, -1, 2, 4, -1, 5>, columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@root.root, rows = array<i64: 0, 1, 1>} : () -> ()
  "pe.tile"() {channels = array<i64: -1, 1, 2, 4, -1, 5>, columns = array<i64: 1, 1, 1>, instance = @io.0, program = @io::@end.root, rows = array<i64: 0, 1, 1>} : () -> ()
  "pe.tile"() {channels = array<i64: 1, -1, 2, -1, 4, 5>, columns = array<i64: 0, 1, 1>, instance = @io.0, program = @io::@root.end, rows = array<i64: 1, 1, 1>} : () -> ()
  "pe.tile"() {channels = array<i64: -1, 1, 2, -1, 4, 5>, columns = array<i64: 1, 1, 1>, instance = @io.0, program = @io::@end.end, rows = array<i64: 1, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 2, 3>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 3 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {classes = 3 : i64, hidden = 5 : i64, inputs = 6 : i64}, nn.model = "mlp"} : () -> ()
