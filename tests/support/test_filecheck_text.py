"""The FileCheck helper notices what is wrong."""

import pytest

from .filecheck_text import check_mlir, filecheck

INPUT = '"dist.grid"() {sym_name = "io"} : () -> ()\n'


def test_a_right_output_passes() -> None:
    assert filecheck("// CHECK: one\n// CHECK-NEXT: two\n// CHECK-NOT: four", "one\ntwo\nthree") is None


@pytest.mark.parametrize(
    "checks",
    [
        "// CHECK: four",
        "// CHECK: one\n// CHECK-NEXT: three",
        "// CHECK: two\n// CHECK-NOT: three",
        "// CHECK-NXT: one",
        "// CHECK: one\n// CHECK-NTO: three",
        "no check at all",
    ],
)
def test_a_wrong_output_is_shown(checks: str) -> None:
    problem = filecheck(checks, "one\ntwo\nthree")
    assert problem is not None
    assert "test.mlir" in problem or "three" in problem


def test_the_first_line_names_the_pipeline() -> None:
    check_mlir(f"// RUN: cse,dce\n// CHECK: builtin.module\n{INPUT}")
    with pytest.raises(AssertionError, match="RUN"):
        check_mlir(f"// CHECK: builtin.module\n{INPUT}")
