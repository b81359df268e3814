"""The values of distributed variables: a model's weights and constants in the shapes that splits speak of."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
import numpy.typing as npt

from .attributes import DenseElementsAttr, IntegerAttr, StringAttr
from .diagnostics import error_at
from .dialects.dist import DistTensor
from .operation import Operation

Array = npt.NDArray[np.generic]
DTYPES = {"f16": np.dtype(np.float16), "f32": np.dtype(np.float32), "i32": np.dtype(np.int32)}


def variable_shape(op: Operation) -> tuple[int, ...]:
    """Return a variable's extents: layers and experts if it has any, then one per split dimension."""
    counts = [op.attributes.get(key) for key in ("stacked", "experts")]
    leading = [count.value for count in counts if isinstance(count, IntegerAttr)]
    return (*leading, *(split.extent for split in op.attribute("type", DistTensor).dims))


def expand(name: str, op: Operation, weights: Mapping[str, Array]) -> Array:
    """Return the values of a weight or constant with one axis per split dimension, layers and experts first.

    `weights` maps the model's variable names to arrays. Raises `DiagnosticError` if the weight is not there
    or has another number of elements.
    """
    kind = op.attribute("type", DistTensor)
    values, copied = (op.attributes.get(key) for key in ("values", "copy_of"))
    base = copied.value if isinstance(copied, StringAttr) else name
    shape = variable_shape(op)
    if isinstance(values, DenseElementsAttr):
        array = np.array(values.elements()).reshape(values.type.shape)
    elif base in weights:
        array = np.asarray(weights[base])
    else:
        raise error_at(f"no values for weight '{base}'", op.location)
    if array.size != prod(shape):
        message = f"'{base}' has shape {list(array.shape)}; the program splits {list(shape)}"
        raise error_at(message, op.location)
    return array.astype(DTYPES[str(kind.element)]).reshape(shape)
