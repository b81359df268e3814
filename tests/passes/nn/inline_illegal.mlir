// RUN: inline

// Two functions that call each other, called from the entry.
// expected-error @+1 {{function '@g' calls itself and cannot be inlined}}
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  // expected-note @+1 {{@h is called here}}
  %0 = "nn.call"(%x) {callee = @h} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "g", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  // expected-note @+1 {{@g is called here}}
  %0 = "nn.call"(%x) {callee = @g} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "h", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  %0 = "nn.call"(%x) {callee = @g} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "decode"} : () -> ()

// -----

// expected-error @+1 {{function '@g' calls itself and cannot be inlined}}
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  // expected-note @+1 {{@g is called here}}
  %0 = "nn.call"(%x) {callee = @g} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "g", sym_visibility = "private"} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<?x3xf16>):
  %0 = "nn.call"(%x) {callee = @g} : (tensor<?x3xf16>) -> tensor<?x3xf16>
  "nn.return"(%0) : (tensor<?x3xf16>) -> ()
}) {function_type = (tensor<?x3xf16>) -> tensor<?x3xf16>, sym_name = "decode"} : () -> ()
