// RUN: fuse

// One elementwise operation alone, products, and a group that is one already.
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>, %w: tensor<8x8xf16>):
  %0 = "nn.relu"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %1 = "nn.matmul"(%0, %w) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
  %2 = "nn.fused"(%1) ({
  ^bb0(%a: tensor<1x8xf16>):
    %3 = "nn.add"(%a, %a) : (tensor<1x8xf16>, tensor<1x8xf16>) -> tensor<1x8xf32>
    %4 = "nn.relu"(%3) : (tensor<1x8xf32>) -> tensor<1x8xf16>
    "nn.yield"(%4) : (tensor<1x8xf16>) -> ()
  }) : (tensor<1x8xf16>) -> tensor<1x8xf16>
  %5 = "nn.matmul"(%2, %w) : (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%5) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>, tensor<8x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
