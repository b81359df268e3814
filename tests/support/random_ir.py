"""Random modules of unregistered operations, for everything that reads, writes or copies IR."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from wsc.ir.attributes import (
    DYNAMIC,
    I1,
    I32,
    I64,
    INDEX,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseArrayAttr,
    DenseElementsAttr,
    DictAttr,
    FloatAttr,
    FloatType,
    FunctionType,
    IntegerAttr,
    IntegerType,
    NoneType,
    OpaqueAttr,
    OpaqueType,
    StringAttr,
    SymbolRefAttr,
    TensorType,
    TypeAttribute,
)
from wsc.ir.location import UNKNOWN, CallSiteLoc, FileLoc, FusedLoc, Location, NameLoc, fuse_locations
from wsc.ir.operation import Block, Operation, Region, Value

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# xDSL reads escaped bytes above 7F in strings, but not in names.
ASCII = st.text(st.characters(min_codepoint=1, max_codepoint=126), min_size=1, max_size=8)
NAMES = st.one_of(st.sampled_from(["a", "kind", "_x.y$1", "Z9"]), ASCII)
FLOAT_TYPES = st.sampled_from([FloatType(name) for name in ("f16", "bf16", "f32", "f64")])
INTEGER_TYPES = st.sampled_from([I1, IntegerType(8), I32, I64])
ODD_INTEGER_TYPES = st.sampled_from([IntegerType(3), IntegerType(100), IntegerType(1 << 10)])
BODIES = st.sampled_from(["", "<@g, [64 x], f16>", '<"a > b", (1 -> -2)>', "<{a = [<>]}>"])


def opaque_names(sigil: str) -> st.SearchStrategy[str]:
    return st.builds(lambda name, body: f"{sigil}zoo.{name}{body}", st.sampled_from(["x", "y_1.z"]), BODIES)


SCALAR_TYPES = st.one_of(st.just(INDEX), st.just(NoneType()), FLOAT_TYPES, INTEGER_TYPES)
SHAPES = st.lists(st.sampled_from([DYNAMIC, 0, 1, 3, 128]), max_size=3).map(tuple)
PLAIN_TYPES = st.one_of(
    SCALAR_TYPES,
    st.builds(TensorType, SHAPES, st.one_of(FLOAT_TYPES, INTEGER_TYPES)),
    st.builds(OpaqueType, opaque_names("!")),
)
TYPES: st.SearchStrategy[TypeAttribute] = st.recursive(
    PLAIN_TYPES,
    lambda inner: st.builds(
        FunctionType, st.lists(inner, max_size=2).map(tuple), st.lists(inner, max_size=2).map(tuple)
    ),
    max_leaves=4,
)


def integers_of(type: IntegerType) -> st.SearchStrategy[int]:
    """All values that `type` has, read as signed."""
    if type.width == 1:
        return st.integers(0, 1)
    return st.integers(-(1 << (type.width - 1)), (1 << (type.width - 1)) - 1)


def elements_of(type: IntegerType | FloatType) -> st.SearchStrategy[float]:
    """Values of `type`; the attributes round floats themselves."""
    return integers_of(type) if isinstance(type, IntegerType) else st.floats()


@st.composite
def number_attributes(draw: st.DrawFn) -> Attribute:
    type = draw(st.one_of(FLOAT_TYPES, INTEGER_TYPES, ODD_INTEGER_TYPES, st.just(INDEX)))
    value = draw(elements_of(I64 if type == INDEX else type))
    return FloatAttr(value, type) if isinstance(type, FloatType) else IntegerAttr(int(value), type)


@st.composite
def dense_arrays(draw: st.DrawFn) -> Attribute:
    type = draw(st.one_of(FLOAT_TYPES, INTEGER_TYPES))
    # xDSL reads no bit patterns here.
    finite = st.floats(-100, 100) if isinstance(type, FloatType) else elements_of(type)
    return DenseArrayAttr(type, tuple(draw(st.lists(finite, max_size=4))))


@st.composite
def dense_elements(draw: st.DrawFn) -> Attribute:
    shape = draw(st.lists(st.integers(0, 3), max_size=3).map(tuple))
    type = draw(st.one_of(FLOAT_TYPES, INTEGER_TYPES))
    count = 1
    for extent in shape:
        count *= extent
    values = draw(st.lists(elements_of(type), min_size=count, max_size=count))
    # xDSL takes a mixture of 0.0 and -0.0 for a splat.
    return DenseElementsAttr(tuple(value or 0 for value in values), TensorType(shape, type))


PLAIN_ATTRIBUTES = st.one_of(
    number_attributes(),
    dense_arrays(),
    dense_elements(),
    TEXT.map(StringAttr),
    st.just(UNIT),
    st.lists(NAMES, min_size=1, max_size=3).map(lambda path: SymbolRefAttr(tuple(path))),
    st.builds(OpaqueAttr, opaque_names("#")),
    TYPES,
)
ATTRIBUTES: st.SearchStrategy[Attribute] = st.recursive(
    PLAIN_ATTRIBUTES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda values: ArrayAttr(tuple(values))),
        st.dictionaries(NAMES, inner, max_size=3).map(DictAttr.of),
    ),
    max_leaves=6,
)
FILES = ASCII
PLACES = st.builds(FileLoc, FILES, st.integers(1, 999), st.integers(1, 99))
LOCATIONS: st.SearchStrategy[Location] = st.one_of(
    st.just(UNKNOWN),
    PLACES,
    st.builds(NameLoc, FILES, st.one_of(st.none(), PLACES)),
    st.lists(PLACES, min_size=2, max_size=3, unique=True).map(lambda places: fuse_locations(*places)),
    st.builds(CallSiteLoc, PLACES, st.one_of(PLACES, st.builds(NameLoc, FILES, PLACES))),
)

# xDSL does not read what a fused location may say beside its places, nor locations inside of others.
ANY_LOCATIONS: st.SearchStrategy[Location] = st.recursive(
    LOCATIONS,
    lambda inner: st.one_of(
        st.builds(NameLoc, FILES, inner),
        st.builds(CallSiteLoc, inner, inner),
        st.builds(FusedLoc, st.lists(inner, min_size=1, max_size=3).map(tuple), TEXT),
    ),
    max_leaves=4,
)


@st.composite
def modules(draw: st.DrawFn, locations: st.SearchStrategy[Location] = LOCATIONS) -> Operation:
    """A `builtin.module` with some nested operations; every use is dominated by its definition."""
    block = Block()
    for _ in range(draw(st.integers(0, 4))):
        _add_operation(draw, block, _visible(block, ()), 2)
    module = Operation("builtin.module", regions=[Region([block])])
    for op in module.walk():
        op.location = draw(locations)
    return module


def _visible(block: Block, outer: Sequence[Value]) -> list[Value]:
    return [*outer, *block.arguments, *(value for op in block.operations for value in op.results)]


def _add_operation(
    draw: st.DrawFn, block: Block, visible: Sequence[Value], depth: int, successors: Sequence[Block] = ()
) -> None:
    operands = draw(st.lists(st.sampled_from(visible), max_size=3)) if visible else []
    regions = [
        _region(draw, visible, depth - 1) for _ in range(draw(st.sampled_from([0, 0, 1, 2])) if depth else 0)
    ]
    block.append(
        Operation(
            draw(st.sampled_from(["zoo.a", "zoo.some_op", "other.x.y"])),
            operands,
            draw(st.lists(TYPES, max_size=3)),
            draw(st.dictionaries(NAMES, ATTRIBUTES, max_size=3)),
            regions,
            successors=successors,
        )
    )


def _region(draw: st.DrawFn, outer: Sequence[Value], depth: int) -> Region:
    """A region whose entry block may go to others, which use values of it and of what is around."""
    region = Region(
        [Block(draw(st.lists(TYPES, max_size=2))) for _ in range(draw(st.sampled_from([0, 1, 1, 3])))]
    )
    for index, block in enumerate(region.blocks):
        inherited = _visible(region.blocks[0], outer) if index else outer
        for _ in range(draw(st.integers(0, 2))):
            _add_operation(draw, block, _visible(block, inherited), depth)
        if len(region.blocks) > 1:
            targets = draw(st.lists(st.sampled_from(region.blocks[1:]), max_size=2))
            _add_operation(
                draw, block, _visible(block, inherited), 0, targets if index else region.blocks[1:]
            )
    return region
