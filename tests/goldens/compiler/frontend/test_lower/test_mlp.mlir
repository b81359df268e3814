"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "w1", sym_name = "w1", type = tensor<6x5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b1", sym_name = "b1", type = tensor<5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "w2", sym_name = "w2", type = tensor<5x5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b2", sym_name = "b2", type = tensor<5xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "w3", sym_name = "w3", type = tensor<5x3xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b3", sym_name = "b3", type = tensor<3xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<?x6xf16>):
    %0 = "nn.read"() {variable = @w1} : () -> tensor<6x5xf16>
    %1 = "nn.matmul"(%arg0, %0) : (tensor<?x6xf16>, tensor<6x5xf16>) -> tensor<?x5xf16>
    %2 = "nn.read"() {variable = @b1} : () -> tensor<5xf16>
    %3 = "nn.add"(%1, %2) : (tensor<?x5xf16>, tensor<5xf16>) -> tensor<?x5xf16>
    %4 = "nn.relu"(%3) : (tensor<?x5xf16>) -> tensor<?x5xf16>
    %5 = "nn.read"() {variable = @w2} : () -> tensor<5x5xf16>
    %6 = "nn.matmul"(%4, %5) : (tensor<?x5xf16>, tensor<5x5xf16>) -> tensor<?x5xf16>
    %7 = "nn.read"() {variable = @b2} : () -> tensor<5xf16>
    %8 = "nn.add"(%6, %7) : (tensor<?x5xf16>, tensor<5xf16>) -> tensor<?x5xf16>
    %9 = "nn.relu"(%8) : (tensor<?x5xf16>) -> tensor<?x5xf16>
    %10 = "nn.read"() {variable = @w3} : () -> tensor<5x3xf16>
    %11 = "nn.matmul"(%9, %10) : (tensor<?x5xf16>, tensor<5x3xf16>) -> tensor<?x3xf16>
    %12 = "nn.read"() {variable = @b3} : () -> tensor<3xf16>
    %13 = "nn.add"(%11, %12) : (tensor<?x3xf16>, tensor<3xf16>) -> tensor<?x3xf16>
    %14 = "nn.argmax"(%13) : (tensor<?x3xf16>) -> tensor<?xi32>
    "nn.return"(%14, %13) : (tensor<?xi32>, tensor<?x3xf16>) -> ()
  }) {arg_names = ["x"], function_type = (tensor<?x6xf16>) -> (tensor<?xi32>, tensor<?x3xf16>), sym_name = "decode"} : () -> ()
}) {nn.accumulate = f32, nn.constants = {classes = 3 : i64, hidden = 5 : i64, inputs = 6 : i64}, nn.model = "mlp"} : () -> ()
