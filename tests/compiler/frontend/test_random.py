"""Random models: they are without fault, lower to valid modules, and mean the same in any layout."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.compiler.frontend import compile_wdl
from wsc.ir.verifier import verify

from ...support.random_wdl import wdl_layouts, wdl_programs
from ...support.syntax_trees import syntax_tree


@settings(max_examples=25, deadline=None)
@given(wdl_programs())
def test_a_random_model_lowers(text: str) -> None:
    assert verify(compile_wdl(text, "m.wdl")) == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_layout_means_nothing(data: st.DataObject) -> None:
    text = data.draw(wdl_programs())
    assert syntax_tree(data.draw(wdl_layouts(text))) == syntax_tree(text)
