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


def expand(name: str, op: Operation, weights: Mapping[str, Array]) -> Array:
    """Return the values of a weight or constant with one axis per split dimension, layers first if stacked.

    `weights` maps the model's variable names to arrays. Raises `DiagnosticError` if the weight is not there
    or has another number of elements.
    """
    kind = op.attribute("type", DistTensor)
    values, copied, stacked = (op.attributes.get(key) for key in ("values", "copy_of", "stacked"))
    base = copied.value if isinstance(copied, StringAttr) else name
    shape = tuple(split.extent for split in kind.dims)
    if isinstance(stacked, IntegerAttr):
        shape = (stacked.value, *shape)
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
