"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<4x4xf32>} : () -> ()
  "nn.variable"() {kind = "weight", source = "b", sym_name = "b", type = tensor<4xf32>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<?x4xf32>):
    %0 = "nn.constant"() {value = dense<0.5> : tensor<f32>} : () -> tensor<f32>
    %1 = "nn.mul"(%arg0, %0) : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
    %2 = "nn.constant"() {value = dense<1.0> : tensor<f32>} : () -> tensor<f32>
    %3 = "nn.neg"(%1) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %4 = "nn.add"(%3, %2) : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
    %5 = "nn.read"() {variable = @b} : () -> tensor<4xf32>
    %6 = "nn.neg"(%4) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %7 = "nn.add"(%6, %5) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    %8 = "nn.constant"() {value = dense<3.0> : tensor<f32>} : () -> tensor<f32>
    %9 = "nn.div"(%7, %8) : (tensor<?x4xf32>, tensor<f32>) -> tensor<?x4xf32>
    %10 = "nn.add"(%9, %4) : (tensor<?x4xf32>, tensor<?x4xf32>) -> tensor<?x4xf32>
    %11 = "nn.neg"(%10) : (tensor<?x4xf32>) -> tensor<?x4xf32>
    %12 = "nn.read"() {variable = @w} : () -> tensor<4x4xf32>
    %13 = "nn.matmul"(%11, %12) : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
    %14 = "nn.sub"(%13, %5) : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
    "nn.return"(%14) : (tensor<?x4xf32>) -> ()
  }) {arg_names = ["x"], function_type = (tensor<?x4xf32>) -> tensor<?x4xf32>, sym_name = "decode"} : () -> ()
}) {nn.accumulate = f32, nn.constants = {half = 2 : i64, n = 4 : i64, scale = 0.5 : f64}, nn.model = "small"} : () -> ()
