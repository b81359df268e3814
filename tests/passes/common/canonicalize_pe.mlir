// RUN: canonicalize,dce

// Known integers are computed, rounding down as the core does; what would not fit a register or divides by
// zero stays.
// CHECK: %[[HUGE:.*]] = "pe.constant"() {value = 9223372036854775807 : i64}
// CHECK-NEXT: %[[ONE:.*]] = "pe.constant"() {value = 1 : i64}
// CHECK-NEXT: %[[ZERO:.*]] = "pe.constant"() {value = 0 : i64}
// CHECK-NEXT: %[[QUOTIENT:.*]] = "pe.constant"() {value = -4 : i64}
// CHECK-NEXT: %[[REST:.*]] = "pe.constant"() {value = 1 : i64}
// CHECK-NEXT: "pe.store"(%[[QUOTIENT]], %[[REST]])
// CHECK-NEXT: %[[WHOLE:.*]] = "pe.addi"(%[[HUGE]], %[[ONE]])
// CHECK-NEXT: %[[NONE:.*]] = "pe.divi"(%[[ONE]], %[[ZERO]])
// CHECK-NEXT: "pe.store"(%[[WHOLE]], %[[NONE]])
"pe.program"() ({
  %huge = "pe.constant"() {value = 9223372036854775807 : i64} : () -> index
  %one = "pe.constant"() {value = 1 : i64} : () -> index
  %zero = "pe.constant"() {value = 0 : i64} : () -> index
  %seven = "pe.constant"() {value = -7 : i64} : () -> index
  %two = "pe.constant"() {value = 2 : i64} : () -> index
  %0 = "pe.divi"(%seven, %two) : (index, index) -> index
  %1 = "pe.remi"(%seven, %two) : (index, index) -> index
  "pe.store"(%0, %1) {type = i32} : (index, index) -> ()
  %2 = "pe.addi"(%huge, %one) : (index, index) -> index
  %3 = "pe.divi"(%one, %zero) : (index, index) -> index
  "pe.store"(%2, %3) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()

// -----

// Neutral operands, and constants brought together: ((3 + x) * 1 - 0 + 4) is x + 7.
// CHECK: %[[X:.*]] = "pe.coord"() {axis = "x"}
// CHECK-NEXT: %[[SEVEN:.*]] = "pe.constant"() {value = 7 : i64}
// CHECK-NEXT: %[[SUM:.*]] = "pe.addi"(%[[X]], %[[SEVEN]])
// CHECK-NEXT: %[[NONE:.*]] = "pe.constant"() {value = 0 : i64}
// CHECK-NEXT: "pe.store"(%[[SUM]], %[[NONE]])
// CHECK-NEXT: "pe.store"(%[[X]], %[[X]])
// CHECK-NEXT: "pe.return"
"pe.program"() ({
  %x = "pe.coord"() {axis = "x"} : () -> index
  %zero = "pe.constant"() {value = 0 : i64} : () -> index
  %one = "pe.constant"() {value = 1 : i64} : () -> index
  %three = "pe.constant"() {value = 3 : i64} : () -> index
  %four = "pe.constant"() {value = 4 : i64} : () -> index
  %0 = "pe.addi"(%three, %x) : (index, index) -> index
  %1 = "pe.muli"(%0, %one) : (index, index) -> index
  %2 = "pe.subi"(%1, %zero) : (index, index) -> index
  %3 = "pe.addi"(%2, %four) : (index, index) -> index
  %4 = "pe.muli"(%zero, %x) : (index, index) -> index
  "pe.store"(%3, %4) {type = i32} : (index, index) -> ()
  %5 = "pe.maxi"(%x, %x) : (index, index) -> index
  %6 = "pe.divi"(%5, %one) : (index, index) -> index
  "pe.store"(%6, %x) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()

// -----

// Decided control flow: a loop without iterations, one with a single iteration, conditions that hold or not.
// CHECK: %[[X:.*]] = "pe.coord"()
// CHECK-NEXT: %[[TWO:.*]] = "pe.constant"() {value = 2 : i64}
// CHECK-NEXT: %[[THREE:.*]] = "pe.constant"() {value = 3 : i64}
// CHECK-NEXT: "pe.store"(%[[X]], %[[TWO]])
// CHECK-NEXT: "pe.store"(%[[THREE]], %[[THREE]])
// CHECK-NEXT: "pe.if"(%[[X]], %[[TWO]])
// CHECK: "pe.return"
"pe.program"() ({
  %x = "pe.coord"() {axis = "x"} : () -> index
  %two = "pe.constant"() {value = 2 : i64} : () -> index
  %three = "pe.constant"() {value = 3 : i64} : () -> index
  "pe.for"(%three, %two) ({
  ^bb0(%i: index):
    %0 = "pe.addi"(%i, %x) : (index, index) -> index
    %1 = "pe.addi"(%0, %x) : (index, index) -> index
    "pe.store"(%i, %1) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) : (index, index) -> ()
  "pe.for"(%two, %three) ({
  ^bb0(%i: index):
    "pe.store"(%x, %i) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) : (index, index) -> ()
  "pe.if"(%two, %three) ({
    "pe.if"(%three, %three) ({
      "pe.store"(%three, %three) {type = i32} : (index, index) -> ()
      "pe.yield"() : () -> ()
    }) {predicate = "le"} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) {predicate = "lt"} : (index, index) -> ()
  "pe.if"(%two, %three) ({
    "pe.store"(%two, %two) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) {predicate = "eq"} : (index, index) -> ()
  "pe.if"(%x, %two) ({
    "pe.store"(%two, %two) {type = i32} : (index, index) -> ()
    "pe.yield"() : () -> ()
  }) {predicate = "eq"} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()

// -----

// What is of another use stays, as both would have to be computed.
// CHECK: %[[X:.*]] = "pe.coord"()
// CHECK-NEXT: %[[TWO:.*]] = "pe.constant"() {value = 2 : i64}
// CHECK-NEXT: %[[SUM:.*]] = "pe.addi"(%[[X]], %[[TWO]])
// CHECK-NEXT: %[[MORE:.*]] = "pe.addi"(%[[SUM]], %[[TWO]])
// CHECK-NEXT: "pe.store"(%[[SUM]], %[[MORE]])
"pe.program"() ({
  %x = "pe.coord"() {axis = "x"} : () -> index
  %two = "pe.constant"() {value = 2 : i64} : () -> index
  %sum = "pe.addi"(%x, %two) : (index, index) -> index
  %more = "pe.addi"(%sum, %two) : (index, index) -> index
  "pe.store"(%sum, %more) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
