// RUN: specialize

// expected-error @+1 {{the model has no entry 'decode'}}
"builtin.module"() ({
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  %0 = "nn.relu"(%x) : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "prefill"} : () -> ()
}) : () -> ()

// -----

"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  "nn.return"(%x) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "same", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  // expected-error @+1 {{a call must be inlined before its function can be specialized}}
  %0 = "nn.call"(%x) {callee = @same} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "decode"} : () -> ()
