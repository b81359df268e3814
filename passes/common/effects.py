"""Effects: which operations may go when nobody uses them, and which variables an operation writes."""

from __future__ import annotations

from ...ir.attributes import SymbolRefAttr
from ...ir.operation import Operation
from ...ir.spec import Trait, has_trait, lookup_spec


def is_removable(operation: Operation) -> bool:
    """Whether nothing is lost when `operation` goes and its results are not used."""
    return has_trait(operation, Trait.PURE) or has_trait(operation, Trait.READ)


def is_dead(operation: Operation) -> bool:
    """Whether `operation` may be erased: removable, and no result is used."""
    return is_removable(operation) and not any(value.uses for value in operation.results)


def variable_of(operation: Operation) -> str | None:
    """The variable that `operation` names in its attribute `variable`, if it does."""
    variable = operation.attributes.get("variable")
    return variable.leaf if isinstance(variable, SymbolRefAttr) else None


def written_variables(operation: Operation) -> frozenset[str] | None:
    """Return the variables that `operation` and all that is nested in it may write; None means any.

    What has regions writes what its regions write. Any variable may change in an operation that nobody
    registered, or that writes without saying what.
    """
    names: set[str] = set()
    for nested in operation.walk():
        if lookup_spec(nested.name) is None:
            return None
        if has_trait(nested, Trait.WRITE) and not nested.regions:
            name = variable_of(nested)
            if name is None:
                return None
            names.add(name)
    return frozenset(names)
