"""Pass `certify`: whether two colors can want one link or ramp at all, from the switch settings alone.

If not, every run is free of conflicts, which is what makes the stream engine exact: the certificate is
`static`. Else it is `checked`: the engine watches the links and ramps that are shared in each run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import ArrayAttr, DictAttr, i64, string
from ...ir.dialects.fabric import CERTIFICATE_ATTRIBUTE, CHECKED, STATIC
from ...ir.operation import Operation
from ...ir.routes import collect_settings
from ...ir.sharing import Sharing, sharing_of
from ..base import Pass, PassContext, module_target, operations_named

_MOST_PAIRS = 16


@dataclass(frozen=True, slots=True)
class Certify(Pass):
    """Say whether the routes alone exclude conflicts of colors (`static`), or runs must be `checked` for
    them, and where.
    """

    name: ClassVar[str] = "certify"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        """Set the module's `fabric.certificate`."""
        target = module_target(module)
        routes = operations_named(module, "fabric.route")
        settings, _ = collect_settings(routes, target.width, target.height)
        module.attributes[CERTIFICATE_ATTRIBUTE] = certificate_of(sharing_of(settings))


def certificate_of(sharing: Sharing) -> DictAttr:
    """Return `sharing` as an attribute: the kind, how many links and ramps must be checked, and of which
    flows.
    """
    pairs = tuple(
        string(f"{one}, {other}") for one, other in (pair.flows for pair in sharing.pairs[:_MOST_PAIRS])
    )
    kind = CHECKED if sharing.links or sharing.ramps else STATIC
    return DictAttr.of(
        {
            "kind": string(kind),
            "links": i64(sharing.links),
            "ramps": i64(sharing.ramps),
            "flows": ArrayAttr(pairs),
        }
    )
