"""Programs of PEs that several tests start from."""

EQUAL_CONSTANTS = """\
"pe.program"() ({
  %0 = "pe.constant"() {value = 1 : i64} : () -> index
  %1 = "pe.constant"() {value = 1 : i64} : () -> index
  "pe.store"(%0, %1) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
"""
"""One of the two constants is too many: `cse` has something to do."""
