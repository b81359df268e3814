"""Choices on one PE: the largest of a vector, and the loop over the chosen experts."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ...ir.attributes import F32
from ...ir.dialects.dist import dist_tensor
from ...ir.dialects.dist_choice import chosen_count
from ...ir.operation import Block, Operation, Value
from .program_builder import ProgramBuilder

NEGATIVE_INFINITY = float("-inf")


class ChoiceLowering(ABC):
    """The operations that choose; the rest of the lowering provides addresses and lowers bodies."""

    p: ProgramBuilder
    numbers: dict[Value, Value]
    """Of each repetition and expert around the present place its number."""

    @abstractmethod
    def address(self, value: Value) -> Value:
        """The address of a value's tile."""

    @abstractmethod
    def elements(self, value: Value) -> Value:
        """Elements of a value's tile."""

    @abstractmethod
    def vector(self, value: Value) -> Value:
        """A descriptor of the whole tile."""

    @abstractmethod
    def block(self, block: Block) -> None:
        """Lower all operations of a block."""

    def _top_k(self, op: Operation) -> None:
        """Find the largest, note it, put -inf in its place, and so on."""
        indices, values, rest = op.results
        left = self.vector(rest)
        self.p.map("copy", left, self.vector(op.operands[0]))
        with self.p.loop(self.p.constant(0), self.p.constant(chosen_count(op))) as turn:
            self.p.run("argmax", (self._element(indices, turn), left))
            place = self._element(rest, self.load_index(indices, turn))
            self.p.map("copy", self._element(values, turn), place)
            self.p.fill(place, NEGATIVE_INFINITY)

    def _pick(self, op: Operation) -> None:
        x, indices = op.operands
        with self.p.loop(self.p.constant(0), self.elements(indices)) as turn:
            source = self._element(x, self.load_index(indices, turn))
            self.p.map("copy", self._element(op.result, turn), source)

    def _mixture(self, op: Operation) -> None:
        """Run the body for each chosen expert and add what it gives, weighted, to the sum."""
        experts, weights = op.operands
        given = op.body.operations[-1].operands[0]
        self.p.fill(self.vector(op.result))
        with self.p.loop(self.p.constant(0), self.p.constant(chosen_count(op))) as turn:
            self.numbers[op.body.arguments[0]] = self.load_index(experts, turn)
            self.block(op.body)
            weight = self.p.dsd(self._place(weights, turn), F32, self.elements(given), 0)
            self.p.run("fma", (self.vector(op.result), self.vector(given), weight))

    def _place(self, value: Value, index: Value) -> Value:
        """The address of one element of a vector that the PE has all of."""
        size = self.p.constant(dist_tensor(value).element_bytes)
        return self.p.add(self.address(value), self.p.mul(index, size))

    def _element(self, value: Value, index: Value) -> Value:
        """A descriptor of one element."""
        return self.p.dsd(self._place(value, index), dist_tensor(value).element, self.p.constant(1))

    def load_index(self, indices: Value, turn: Value) -> Value:
        """The index that stands at place `turn`."""
        address = self._place(indices, turn)
        return self.p.builder.create("pe.load", [address], [address.type]).result
