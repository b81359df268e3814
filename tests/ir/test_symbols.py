"""Symbol tables: lookup from the nearest table outward, nested names, changes."""

from __future__ import annotations

import pytest

from wsc.ir import Operation, SymbolTable, SymbolTables, lookup_symbol, parse_module
from wsc.ir.attributes import string, symbol

MODULE = """
"builtin.module"() ({
  "t.s"() {sym_name = "a", which = "inner a"} : () -> ()
  "t.box"() ({ "t.here"() : () -> () }) : () -> ()
  "builtin.module"() ({
    "t.s"() {sym_name = "deep"} : () -> ()
  }) {sym_name = "mid"} : () -> ()
}) {sym_name = "in"} : () -> ()
"t.s"() {sym_name = "a", which = "outer a"} : () -> ()
"t.s"() {sym_name = "a", which = "again"} : () -> ()
"t.s"() {sym_name = "b"} : () -> ()
"""


def test_lookup_goes_from_the_nearest_table_outward() -> None:
    module = parse_module(MODULE)
    here = next(operation for operation in module.walk() if operation.name == "t.here")
    tables = SymbolTables()

    def which(*path: str) -> object:
        found = tables.lookup(here, symbol(*path))
        assert found is lookup_symbol(here, symbol(*path))
        return found and found.attributes.get("which", found.attributes["sym_name"])

    assert which("a") == string("inner a")
    assert which("b") == string("b")
    assert which("mid", "deep") == string("deep")
    assert which("in", "mid", "deep") == string("deep")
    assert which("in", "a") == string("inner a")
    assert which("deep") is None
    assert which("mid", "a") is None
    assert which("a", "a") is None
    assert tables.table(module) is tables.table(module)


def test_a_table_can_be_changed() -> None:
    module = parse_module(MODULE)
    table = SymbolTable(module)
    assert table.names() == ("in", "a", "b")
    assert [operation.attributes["which"] for operation in table.repeated] == [string("again")]
    new = Operation("t.s", attributes={"sym_name": string(table.unique_name("a"))})
    table.insert(new)
    assert table.lookup("a_2") is new
    assert table.unique_name("a") == "a_3"
    assert table.unique_name("z") == "z"
    table.remove(new)
    assert table.lookup("a_2") is None
    with pytest.raises(ValueError, match="does not define a symbol of this table"):
        table.remove(new)
    with pytest.raises(ValueError, match="'@b' is defined already"):
        table.insert(Operation("t.s", attributes={"sym_name": string("b")}))
    with pytest.raises(ValueError, match="defines no symbol"):
        table.insert(Operation("t.s"))
