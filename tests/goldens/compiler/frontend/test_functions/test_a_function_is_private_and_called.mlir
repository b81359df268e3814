"builtin.module"() ({
  "nn.variable"() {kind = "weight", source = "w", sym_name = "w", type = tensor<4x6xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "v", sym_name = "v", type = tensor<4x6xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "down", sym_name = "down", type = tensor<6x4xf16>} : () -> ()
  "nn.variable"() {kind = "weight", source = "g", sym_name = "g", type = tensor<4xf16>} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<?x4xf16>, %arg1: tensor<4x6xf16>, %arg2: tensor<4x6xf16>):
    %0 = "nn.matmul"(%arg0, %arg1) : (tensor<?x4xf16>, tensor<4x6xf16>) -> tensor<?x6xf16>
    %1 = "nn.silu"(%0) : (tensor<?x6xf16>) -> tensor<?x6xf16>
    %2 = "nn.matmul"(%arg0, %arg2) : (tensor<?x4xf16>, tensor<4x6xf16>) -> tensor<?x6xf16>
    %3 = "nn.mul"(%1, %2) : (tensor<?x6xf16>, tensor<?x6xf16>) -> tensor<?x6xf16>
    "nn.return"(%3) : (tensor<?x6xf16>) -> ()
  }) {arg_names = ["x", "a", "b"], function_type = (tensor<?x4xf16>, tensor<4x6xf16>, tensor<4x6xf16>) -> tensor<?x6xf16>, sym_name = "gate", sym_visibility = "private"} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<?x4xf16>, %arg1: tensor<f16>):
    %0 = "nn.read"() {variable = @g} : () -> tensor<4xf16>
    %1 = "nn.rmsnorm"(%arg0, %0) {eps = 1.0e-05 : f32} : (tensor<?x4xf16>, tensor<4xf16>) -> tensor<?x4xf16>
    %2 = "nn.mul"(%1, %arg1) : (tensor<?x4xf16>, tensor<f16>) -> tensor<?x4xf16>
    "nn.return"(%2) : (tensor<?x4xf16>) -> ()
  }) {arg_names = ["x", "s"], function_type = (tensor<?x4xf16>, tensor<f16>) -> tensor<?x4xf16>, sym_name = "norm", sym_visibility = "private"} : () -> ()
  "nn.func"() ({
  ^bb0(%arg0: tensor<?x4xf16>):
    %0 = "nn.constant"() {value = dense<0.5> : tensor<f16>} : () -> tensor<f16>
    %1 = "nn.call"(%arg0, %0) {callee = @norm} : (tensor<?x4xf16>, tensor<f16>) -> tensor<?x4xf16>
    %2 = "nn.read"() {variable = @w} : () -> tensor<4x6xf16>
    %3 = "nn.read"() {variable = @v} : () -> tensor<4x6xf16>
    %4 = "nn.call"(%1, %2, %3) {callee = @gate} : (tensor<?x4xf16>, tensor<4x6xf16>, tensor<4x6xf16>) -> tensor<?x6xf16>
    %5 = "nn.read"() {variable = @down} : () -> tensor<6x4xf16>
    %6 = "nn.matmul"(%4, %5) : (tensor<?x6xf16>, tensor<6x4xf16>) -> tensor<?x4xf16>
    %7 = "nn.constant"() {value = dense<2.0> : tensor<f16>} : () -> tensor<f16>
    %8 = "nn.call"(%6, %7) {callee = @norm} : (tensor<?x4xf16>, tensor<f16>) -> tensor<?x4xf16>
    %9 = "nn.add"(%arg0, %8) : (tensor<?x4xf16>, tensor<?x4xf16>) -> tensor<?x4xf16>
    "nn.return"(%9) : (tensor<?x4xf16>) -> ()
  }) {arg_names = ["x"], function_type = (tensor<?x4xf16>) -> tensor<?x4xf16>, sym_name = "decode"} : () -> ()
}) {nn.accumulate = f32, nn.constants = {n = 4 : i64}, nn.model = "gated"} : () -> ()
