"""What does not fit together in a final module, beyond what tests of passes and of program files break."""

from __future__ import annotations

from wsc.ir.attributes import Attribute, DictAttr, StringAttr
from wsc.ir.dialects.fabric import CERTIFICATE_ATTRIBUTE, CHECKED, STATIC, certificate_kind
from wsc.ir.operation import Operation
from wsc.ir.program_check import check_program

from ..support.compiled import SMALL_TALE, compile_model
from ..support.routes import route
from ..support.wdl import TALE


def messages_of(module: Operation) -> list[str]:
    return [diagnostic.message for diagnostic in check_program(module)]


def test_a_program_is_checked() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE).module
    region = next(op for op in module.body.operations if op.name == "fabric.region")
    main = next(op for op in region.body.operations if op.name == "pe.program")
    main.body.insert(0, Operation("pe.await"))
    assert messages_of(module) == ["nothing is started that could be awaited"]


def test_a_switch_has_so_many_positions() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE).module
    for position in range(5):
        outputs = "RAMP" if position % 2 else "E"
        module.body.append(route((0, 0, 1, 1, 1, 1), "W", outputs, 20, "extra", position, 1))
    where = "color 20 at router (0, 0) (flow 'extra')"
    assert messages_of(module) == [f"{where} has a switch position 4; the target has 4, from 0"]


def test_a_static_certificate_is_checked() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE).module
    assert certificate_kind(module) == CHECKED
    entries = {"kind": StringAttr(STATIC)}
    module.attributes[CERTIFICATE_ATTRIBUTE] = DictAttr.of(dict[str, Attribute](entries))
    (message,) = messages_of(module)
    assert message.startswith("the certificate is static, but flows '")
    assert message.endswith("share links or ramps")
