// RUN: certify

// expected-error @+1 {{the module has no target (attribute 'fabric.target')}}
"builtin.module"() ({
^bb0:
  "fabric.route"() {color = 0 : i64, flow = "away", input = "RAMP", outputs = ["E"], rect = array<i64: 0, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["E", "RAMP"], rect = array<i64: 1, 0, 1, 1, 1, 1>} : () -> ()
  "fabric.route"() {color = 0 : i64, flow = "away", input = "W", outputs = ["RAMP"], rect = array<i64: 2, 0, 1, 1, 1, 1>} : () -> ()
}) {fabric.grid = array<i64: 3, 1>} : () -> ()
