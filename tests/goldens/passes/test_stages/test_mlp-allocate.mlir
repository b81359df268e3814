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
    %0 = "dist.input"() {name = "x", pe.start = 0 : i64} : () -> !dist.tensor<@io, [6 y], f16>
    %1 = "dist.read"() {pe.start = 0 : i64, variable = @w1} : () -> !dist.tensor<@io, [6 y, 5 x], f16>
    %2 = "dist.matvec"(%0, %1) {pe.buffers = [@io::@message], pe.start = 0 : i64} : (!dist.tensor<@io, [6 y], f16>, !dist.tensor<@io, [6 y, 5 x], f16>) -> !dist.tensor<@io, [5 x], f32, partial add over y>
    %3 = "dist.all_reduce"(%2) {axis = "y", fn = "add", pe.buffers = [@io::@message], pe.start = 33 : i64} : (!dist.tensor<@io, [5 x], f32, partial add over y>) -> !dist.tensor<@io, [5 x], f32>
    %4 = "dist.map"(%3) {fn = "cast", pe.buffers = [@io::@map], pe.start = 81 : i64} : (!dist.tensor<@io, [5 x], f32>) -> !dist.tensor<@io, [5 x], f16>
    %5 = "dist.read"() {pe.start = 90 : i64, variable = @b1} : () -> !dist.tensor<@io, [5 x], f16>
    %6 = "dist.map"(%4, %5) {fn = "add", pe.buffers = [@io::@map.1], pe.start = 90 : i64} : (!dist.tensor<@io, [5 x], f16>, !dist.tensor<@io, [5 x], f16>) -> !dist.tensor<@io, [5 x], f32>
    %7 = "dist.map"(%6) {fn = "relu", pe.buffers = [@io::@map.2], pe.start = 99 : i64} : (!dist.tensor<@io, [5 x], f32>) -> !dist.tensor<@io, [5 x], f16>
    %8 = "dist.read"() {pe.start = 108 : i64, variable = @w2} : () -> !dist.tensor<@io, [5 x, 5 y], f16>
    %9 = "dist.matvec"(%7, %8) {pe.buffers = [@io::@message.1], pe.start = 108 : i64} : (!dist.tensor<@io, [5 x], f16>, !dist.tensor<@io, [5 x, 5 y], f16>) -> !dist.tensor<@io, [5 y], f32, partial add over x>
    %10 = "dist.all_reduce"(%9) {axis = "x", fn = "add", pe.buffers = [@io::@message.1], pe.start = 141 : i64} : (!dist.tensor<@io, [5 y], f32, partial add over x>) -> !dist.tensor<@io, [5 y], f32>
    %11 = "dist.map"(%10) {fn = "cast", pe.buffers = [@io::@map.3], pe.start = 189 : i64} : (!dist.tensor<@io, [5 y], f32>) -> !dist.tensor<@io, [5 y], f16>
    %12 = "dist.read"() {pe.start = 198 : i64, variable = @b2} : () -> !dist.tensor<@io, [5 y], f16>
    %13 = "dist.map"(%11, %12) {fn = "add", pe.buffers = [@io::@map.4], pe.start = 198 : i64} : (!dist.tensor<@io, [5 y], f16>, !dist.tensor<@io, [5 y], f16>) -> !dist.tensor<@io, [5 y], f32>
    %14 = "dist.map"(%13) {fn = "relu", pe.buffers = [@io::@map.5], pe.start = 207 : i64} : (!dist.tensor<@io, [5 y], f32>) -> !dist.tensor<@io, [5 y], f16>
    %15 = "dist.read"() {pe.start = 216 : i64, variable = @w3} : () -> !dist.tensor<@io, [5 y, 3 x], f16>
    %16 = "dist.matvec"(%14, %15) {pe.buffers = [@io::@message.2], pe.start = 216 : i64} : (!dist.tensor<@io, [5 y], f16>, !dist.tensor<@io, [5 y, 3 x], f16>) -> !dist.tensor<@io, [3 x], f32, partial add over y>
    %17 = "dist.all_reduce"(%16) {axis = "y", fn = "add", pe.buffers = [@io::@message.2], pe.start = 245 : i64} : (!dist.tensor<@io, [3 x], f32, partial add over y>) -> !dist.tensor<@io, [3 x], f32>
    %18 = "dist.map"(%17) {fn = "cast", pe.buffers = [@io::@map.6], pe.start = 291 : i64} : (!dist.tensor<@io, [3 x], f32>) -> !dist.tensor<@io, [3 x], f16>
    %19 = "dist.read"() {pe.start = 299 : i64, variable = @b3} : () -> !dist.tensor<@io, [3 x], f16>
    %20 = "dist.map"(%18, %19) {fn = "add", pe.buffers = [@io::@map.7], pe.start = 299 : i64} : (!dist.tensor<@io, [3 x], f16>, !dist.tensor<@io, [3 x], f16>) -> !dist.tensor<@io, [3 x], f16>
    %21:2 = "dist.argmax"(%20) {pe.buffers = [@io::@argmax.0, @io::@argmax.1], pe.start = 306 : i64} : (!dist.tensor<@io, [3 x], f16>) -> (!dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], i32, partial min over x>)
    %22 = "dist.all_reduce"(%21#0) {axis = "x", fn = "max", pe.buffers = [@io::@message.3], pe.start = 324 : i64} : (!dist.tensor<@io, [], f32, partial max over x>) -> !dist.tensor<@io, [], f32>
    %23 = "dist.keep_equal"(%21#1, %21#0, %22) {pe.buffers = [@io::@message.4], pe.start = 368 : i64} : (!dist.tensor<@io, [], i32, partial min over x>, !dist.tensor<@io, [], f32, partial max over x>, !dist.tensor<@io, [], f32>) -> !dist.tensor<@io, [], i32, partial min over x>
    %24 = "dist.all_reduce"(%23) {axis = "x", fn = "min", pe.buffers = [@io::@message.4], pe.start = 376 : i64} : (!dist.tensor<@io, [], i32, partial min over x>) -> !dist.tensor<@io, [], i32>
    "dist.return"(%24, %20) {names = ["token", "logits"], pe.start = 420 : i64} : (!dist.tensor<@io, [], i32>, !dist.tensor<@io, [3 x], f16>) -> ()
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
}) {fabric.grid = array<i64: 2, 3>, fabric.target = {await_cycles = 4 : i64, branch_cycles = 6 : i64, clock_hz = 850000000 : i64, code_bytes = 14848 : i64, colors = 24 : i64, comm_setup_cycles = 15 : i64, compare_cycles = 2 : i64, core_input_queue_wavelets = 6 : i64, core_output_queue_wavelets = 6 : i64, f16_elements_per_cycle = 4 : i64, f32_elements_per_cycle = 1 : i64, height = 3 : i64, hop_cycles = 1 : i64, mixed_fma_per_cycle = 2 : i64, name = "tiny", ramp_cycles = 2 : i64, reserved_colors = 3 : i64, router_queue_wavelets = 2 : i64, scalar_cycles = 1 : i64, special_function_cycles = 30 : i64, sram_bytes = 49152 : i64, sram_read_bytes_per_cycle = 16 : i64, sram_write_bytes_per_cycle = 8 : i64, switch_positions = 4 : i64, turn_cycles = 0 : i64, vector_call_cycles = 6 : i64, width = 2 : i64}, nn.accumulate = f32, nn.constants = {classes = 3 : i64, hidden = 5 : i64, inputs = 6 : i64}, nn.model = "mlp"} : () -> ()
