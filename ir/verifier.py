"""Verifier: checks operations against their definitions and the rules of SSA form, and reports everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .attributes import Attribute, SymbolRefAttr
from .diagnostics import Diagnostic, Diagnostics, Severity, did_you_mean
from .dialects import load_dialects
from .dominance import Dominance, ancestor_in_region
from .location import Location
from .operation import Block, Operation, Value
from .spec import ANY, Constraint, Field, OpSpec, Trait, lookup_spec, registered_operations
from .symbols import SymbolTables


def verify(operation: Operation, *, allow_unregistered: bool = False) -> list[Diagnostic]:
    """Return all errors of `operation` and what is nested in it, in program order; none if it is right.

    Operations that no dialect registers are errors unless `allow_unregistered`; of these only SSA form
    and structure are checked.
    """
    load_dialects()
    verifier = _Verifier(operation, allow_unregistered)
    verifier.run()
    return verifier.diagnostics.entries


def verify_or_raise(operation: Operation, *, allow_unregistered: bool = False) -> None:
    """Raise `DiagnosticError` with all errors of `operation` if there are any."""
    load_dialects()
    verifier = _Verifier(operation, allow_unregistered)
    verifier.run()
    verifier.diagnostics.raise_if_errors()


class _Rules:
    """An `OpSpec` prepared for quick checks of many operations, for one run."""

    __slots__ = (
        *("attributes", "extra_attributes", "isolated", "operands_variadic", "region_count", "required"),
        *("results_variadic", "signatures", "spec", "symbol", "terminator"),
    )

    def __init__(self, spec: OpSpec) -> None:
        self.spec = spec
        self.operands_variadic = bool(spec.operands) and spec.operands[-1].variadic
        self.results_variadic = bool(spec.results) and spec.results[-1].variadic
        self.attributes = {field.name: _AttributeRule(field) for field in spec.attributes}
        self.required = [field.name for field in spec.attributes if not field.optional]
        self.extra_attributes = spec.extra_attributes
        self.region_count = len(spec.regions)
        self.isolated = Trait.ISOLATED in spec.traits
        self.symbol = Trait.SYMBOL in spec.traits
        self.terminator = Trait.TERMINATOR in spec.traits
        self.signatures: set[tuple[int, ...]] = set()
        """Numbers of operands and their and the results' types (by identity) that are known to be right."""


class _AttributeRule:
    """The constraint of an attribute; `holds` is None where anything does."""

    __slots__ = ("constraint", "holds")

    def __init__(self, field: Field) -> None:
        self.constraint: Constraint = field.constraint
        self.holds: Callable[[Attribute], bool] | None = (
            None if field.constraint is ANY else field.constraint.holds
        )


class _Verifier:
    """One run over a tree of operations."""

    def __init__(self, root: Operation, allow_unregistered: bool) -> None:
        self.diagnostics = Diagnostics()
        self._root = root
        self._allow_unregistered = allow_unregistered
        self._rules: dict[str, _Rules | None] = {}
        self._suggestions: dict[str, str] = {}
        self._symbols = SymbolTables()
        self._dominance = Dominance()
        self._operands = self._listed_uses = 0

    def run(self) -> None:
        """Check everything."""
        root = self._root
        if root.parent is not None:
            root.parent.number()
        for operation in root.walk():
            self._operation(operation)
        # Each operand is in the use list of its value; if as many are listed, nothing else is.
        if self._listed_uses != self._operands or root.parent is not None or root.operands:
            for operation in root.walk():
                self._uses(operation)

    def _error(self, operation: Operation, message: str, *notes: str | Diagnostic) -> None:
        # Not through `Diagnostics.add`, which looks for equal ones: there may be one for each operation.
        self.diagnostics.entries.append(
            Diagnostic(Severity.ERROR, f"'{operation.name}' {message}", operation.location, notes)
        )

    def _rules_of(self, name: str) -> _Rules | None:
        spec = lookup_spec(name)
        rules = self._rules[name] = _Rules(spec) if spec is not None else None
        return rules

    def _operation(self, operation: Operation) -> None:
        name = operation.name
        rules = self._rules[name] if name in self._rules else self._rules_of(name)
        operands, results = operation.operands, operation.results
        block, order, index = operation.parent, operation.order, 0
        for operand in operands:
            owner = operand.owner
            if (operation, index) not in operand.uses or not (
                owner is block
                or (isinstance(owner, Operation) and owner.parent is block and owner.order < order)
            ):
                self._operand(operation, index, operand)
            index += 1
        self._operands += index
        for result in results:
            self._listed_uses += len(result.uses)
        if operation.regions:
            self._regions(operation, rules)
        if operation.successors:
            self._successors(operation, rules)
        if rules is None:
            if not self._allow_unregistered:
                self._unregistered(operation)
            return
        before = len(self.diagnostics.entries)
        signature = (index, *[id(value.type) for value in operands], *[id(value.type) for value in results])
        if signature not in rules.signatures:
            self._signature(operation, rules, signature)
        if rules.required or operation.attributes:
            self._attributes(operation, rules)
        if len(operation.regions) != rules.region_count:
            wanted = _count(rules.region_count, "region", [*rules.spec.regions])
            self._error(operation, f"has {len(operation.regions)} regions, but takes {wanted}")
        if rules.terminator and operation.next is not None:
            self._error(operation, "is a terminator, but not the last operation of its block")
        if rules.symbol:
            self._symbol(operation, rules)
        if rules.spec.verify is not None and len(self.diagnostics.entries) == before:
            self._own_rules(operation, rules.spec)

    def _unregistered(self, operation: Operation) -> None:
        hint = self._suggestions.get(operation.name)
        if hint is None:
            names = [spec.name for spec in registered_operations()]
            hint = self._suggestions[operation.name] = did_you_mean(operation.name, names)
        self._error(operation, f"is not an operation of any dialect{hint}")

    def _own_rules(self, operation: Operation, spec: OpSpec) -> None:
        assert spec.verify is not None
        try:
            spec.verify(operation, lambda message: self._error(operation, message))
        except (KeyError, TypeError, ValueError) as error:
            # The accessors that rules use (`op.body`, `op.attribute`) say so when something is not there.
            self._error(operation, f"is malformed: {error.args[0] if error.args else error}")

    # ---- values

    def _operand(self, operation: Operation, index: int, operand: Value) -> None:
        """Look closer at an operand that is not simply defined earlier in the same block."""
        if (operation, index) not in operand.uses:
            self._error(operation, f"is not in the use list of its operand {index}")
        if operation is not self._root:
            self._operand_definition(operation, index, operand)

    def _uses(self, operation: Operation) -> None:
        """Look for uses that are listed and not there."""
        arguments = [a for region in operation.regions for block in region.blocks for a in block.arguments]
        for value in (*operation.results, *arguments):
            for user, index in value.uses:
                operands = user.operands
                if index >= len(operands) or operands[index] is not value:
                    self._error(operation, f"has '{user.name}' in a use list, which does not use that value")
                elif user.parent is None and user is not self._root:
                    self._error(operation, f"has a value that '{user.name}' uses, which is in no block")

    def _operand_definition(self, operation: Operation, index: int, operand: Value) -> None:
        """Report an operand that is not defined on every way to the operation, with the reason."""
        owner, definition = operand.owner, operand.block
        what = f"operand {self._operand_name(operation, index)}"
        if definition is None or definition.parent is None:
            # A root that was taken out of its region may still stand in a block.
            if definition is None or definition is not self._root.parent:
                self._error(operation, f"uses as {what} a value that no region holds")
            return
        note = ()
        if isinstance(owner, Operation):
            note = (_note(f"defined here by '{owner.name}'", owner.location),)
        user = ancestor_in_region(operation, definition.parent)
        if user is None:
            self._error(operation, f"uses as {what} a value of a region that does not enclose it", *note)
            return
        barrier = self._isolated_between(operation, user)
        if barrier is not None:
            message = f"uses as {what} a value from outside of '{barrier.name}', which is isolated"
            self._error(operation, message, *note)
        elif not self._dominance.dominates(operand, operation):
            if user.parent is definition:
                self._error(operation, f"uses {what} before it is defined", *note)
            else:
                self._error(operation, f"uses {what}, which is not defined on every way to it", *note)

    def _isolated_between(self, operation: Operation, ancestor: Operation) -> Operation | None:
        """Return the nearest isolated operation around `operation`, up to `ancestor`, if there is one."""
        current = operation
        while current is not ancestor:
            parent = current.parent_op
            assert parent is not None  # `ancestor` is on the way
            rules = self._rules[parent.name] if parent.name in self._rules else self._rules_of(parent.name)
            if rules is not None and rules.isolated:
                return parent
            current = parent
        return None

    def _operand_name(self, operation: Operation, index: int) -> str:
        rules = self._rules.get(operation.name)
        if rules is None or not rules.spec.operands:
            return str(index)
        fields = rules.spec.operands
        return f"{index} ('{fields[min(index, len(fields) - 1)].name}')"

    # ---- structure

    def _regions(self, operation: Operation, rules: _Rules | None) -> None:
        traits: frozenset[Trait] = rules.spec.traits if rules is not None else frozenset()
        for index, region in enumerate(operation.regions):
            if Trait.SINGLE_BLOCK in traits and len(region.blocks) != 1:
                self._error(operation, f"region {index} must have one block, but has {len(region.blocks)}")
            for block in region.blocks:
                block.number()
                for argument in block.arguments:
                    self._listed_uses += len(argument.uses)
                if rules is not None and Trait.NO_TERMINATOR not in traits:
                    self._needs_terminator(operation, block)
        if Trait.SYMBOL_TABLE in traits:
            self._symbol_table(operation)

    def _needs_terminator(self, operation: Operation, block: Block) -> None:
        last = block.terminator
        if last is None:
            self._error(operation, "has an empty block, which needs a terminator")
            return
        rules = self._rules[last.name] if last.name in self._rules else self._rules_of(last.name)
        if rules is not None and not rules.terminator:
            self._error(last, f"ends a block of '{operation.name}', but is not a terminator")

    def _successors(self, operation: Operation, rules: _Rules | None) -> None:
        block = operation.parent
        if operation.next is not None or (rules is not None and not rules.terminator):
            self._error(operation, "has successors, but only a terminator, last in its block, may")
        for successor in operation.successors:
            if block is None or successor.parent is None or successor.parent is not block.parent:
                self._error(operation, "has a successor in another region")
            elif successor is successor.parent.blocks[0]:
                self._error(operation, "has the first block of the region as a successor")

    def _symbol_table(self, operation: Operation) -> None:
        table = self._symbols.table(operation)
        for again in table.repeated:
            name = again.symbol_name or ""
            first = table.lookup(name)
            note = () if first is None else (_note("the other definition is here", first.location),)
            self._error(again, f"defines symbol '@{name}' again", *note)

    # ---- the definition of the operation

    def _signature(self, operation: Operation, rules: _Rules, signature: tuple[int, ...]) -> None:
        """Check number and types of operands and results; remember the signature if it is right."""
        spec = rules.spec
        before = len(self.diagnostics.entries)
        self._types(operation, spec.operands, rules.operands_variadic, operation.operands, "operand")
        self._types(operation, spec.results, rules.results_variadic, operation.results, "result")
        if Trait.SAME_TYPE in spec.traits:
            types = list(dict.fromkeys(value.type for value in (*operation.operands, *operation.results)))
            if len(types) > 1:
                listed = ", ".join(map(str, types))
                self._error(operation, f"operands and results must have one type, not {listed}")
        if len(self.diagnostics.entries) == before:
            rules.signatures.add(signature)

    def _types(
        self,
        operation: Operation,
        fields: tuple[Field, ...],
        variadic: bool,
        values: Sequence[Value],
        what: str,
    ) -> None:
        count, wanted = len(values), len(fields)
        if count != wanted and (not variadic or count < wanted - 1):
            names = _count(wanted - variadic, what, [field.name for field in fields])
            least = "at least " if variadic else ""
            self._error(operation, f"has {count} {what}s, but takes {least}{names}")
            return
        for index, value in enumerate(values):
            field = fields[min(index, wanted - 1)]
            if not field.constraint.holds(value.type):
                wish = field.constraint.description
                self._error(operation, f"{what} {index} ('{field.name}') must be {wish}, not {value.type}")

    def _attributes(self, operation: Operation, rules: _Rules) -> None:
        attributes = operation.attributes
        for key in rules.required:
            if key not in attributes:
                description = rules.attributes[key].constraint.description
                self._error(operation, f"needs the attribute '{key}', {description}")
        for key, value in attributes.items():
            rule = rules.attributes.get(key)
            if rule is None:
                if "." not in key and not rules.extra_attributes:
                    hint = did_you_mean(key, rules.attributes)
                    self._error(operation, f"has no attribute '{key}'{hint}")
            elif rule.holds is not None and not rule.holds(value):
                description = rule.constraint.description
                self._error(operation, f"attribute '{key}' must be {description}, not {_short(value)}")
            elif rule.constraint.refers_to is not None and isinstance(value, SymbolRefAttr):
                self._symbol_reference(operation, key, value, rule.constraint.refers_to)

    def _symbol_reference(
        self, operation: Operation, key: str, reference: SymbolRefAttr, wanted: tuple[str, ...]
    ) -> None:
        tables = self._symbols.enclosing(operation)
        if not tables:
            return  # a piece on its own: what it refers to is not there by nature
        found = self._symbols.lookup(operation, reference)
        if found is None:
            names = [name for table in tables for name in table.names()]
            hint = did_you_mean(reference.root, names) if len(reference.path) == 1 else ""
            self._error(operation, f"attribute '{key}' refers to {reference}, which is not defined{hint}")
        elif wanted and found.name not in wanted:
            kinds = " or ".join(f"'{name}'" for name in wanted)
            message = f"attribute '{key}' must refer to {kinds}, but {reference} is '{found.name}'"
            self._error(operation, message, _note("it is defined here", found.location))

    def _symbol(self, operation: Operation, rules: _Rules) -> None:
        parent = operation.parent_op
        if parent is not None:
            around = self._rules[parent.name] if parent.name in self._rules else self._rules_of(parent.name)
            if around is not None and Trait.SYMBOL_TABLE not in around.spec.traits:
                self._error(operation, f"defines a symbol, but '{parent.name}' around it has no symbol table")
        if "sym_name" not in rules.attributes and operation.symbol_name is None:
            self._error(operation, "needs the attribute 'sym_name', a string")


def _note(message: str, location: Location) -> Diagnostic:
    return Diagnostic(Severity.NOTE, message, location)


def _count(number: int, what: str, names: list[str]) -> str:
    """Return `2 operands ('lhs', 'rhs')`."""
    listed = f" ({', '.join(repr(name) for name in names)})" if names else ""
    return f"{number} {what}{'' if number == 1 else 's'}{listed}" if number or names else f"no {what}s"


def _short(value: Attribute) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."
