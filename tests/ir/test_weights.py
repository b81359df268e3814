"""Weights from safetensors files, with all that can be wrong with one; and random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import F16, TensorType
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.operation import Operation
from wsc.ir.safetensors_reader import SafetensorsReader
from wsc.ir.weights import load_weights, random_weights

from ..support.wdl import MLP, TALE, replaced
from ..support.weight_files import write_bfloat16

Array = NDArray[Any]
SIZES = {"vocab": "8", "dim": "4", "heads": "2", "kv_heads": "1", "ffn": "6", "context": "8", "layers": "2"}


def tale(element: str = "f16") -> Operation:
    return compile_wdl(TALE.replace("dtype f16", f"dtype {element}"), "tale.wdl", SIZES)


def stored(weights: dict[str, Array]) -> dict[str, Array]:
    """Return weights by variable name as the tensors of a file."""
    tensors: dict[str, Array] = {}
    for name, value in weights.items():
        layer, dot, weight = name.partition(".")
        if dot:
            tensors |= {f"{layer}.{i}.{weight}": part.copy() for i, part in enumerate(value)}
        else:
            tensors[name] = value
    return tensors


def errors(module: Operation, path: Path) -> list[str]:
    with pytest.raises(DiagnosticError) as caught:
        load_weights(module, path)
    return str(caught.value).replace(str(path.parent), "DIR").splitlines()


# ---- files


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    module = tale()
    weights = random_weights(module, 1)
    save_file(stored(weights), tmp_path / "w.safetensors")
    warnings: list[Diagnostic] = []
    loaded = load_weights(module, str(tmp_path / "w.safetensors"), warnings)
    assert list(loaded) == list(weights)
    for name, value in weights.items():
        assert loaded[name].dtype == np.float16
        np.testing.assert_array_equal(loaded[name], value)
    assert warnings == []


@pytest.mark.parametrize("declared", ["f16", "f32"])
@pytest.mark.parametrize("written", [np.float16, np.float32, "bfloat16"])
def test_elements_are_converted(tmp_path: Path, written: Any, declared: str) -> None:
    module = tale(declared)
    weights = random_weights(tale("f32"), 2)
    path = tmp_path / "w.safetensors"
    if written == "bfloat16":
        write_bfloat16(path, stored(weights))
        exact = {n: (w.view(np.uint32) & 0xFFFF0000).view(np.float32) for n, w in weights.items()}
    else:
        save_file(stored({name: value.astype(written) for name, value in weights.items()}), path)
        exact = {name: value.astype(written) for name, value in weights.items()}
    loaded = load_weights(module, path)
    dtype = np.float16 if declared == "f16" else np.float32
    for name, value in exact.items():
        assert loaded[name].dtype == dtype
        np.testing.assert_array_equal(loaded[name], value.astype(dtype))


def test_all_that_is_wrong_is_reported_at_once(tmp_path: Path) -> None:
    module = tale()
    tensors = stored(random_weights(module, 3))
    del tensors["block.1.wq"]
    del tensors["head"]
    tensors["haed"] = tensors["norm"]
    tensors["norm"] = tensors["norm"][:3].copy()
    tensors["block.0.up"] = np.zeros((6, 4), np.float16)
    tensors["block.1.up"] = np.zeros((4, 6), np.int32)
    path = tmp_path / "w.safetensors"
    save_file(tensors, path)
    assert errors(module, path) == [
        "tale.wdl:24:31: error: tensor 'norm' of 'DIR/w.safetensors' is [3], not [4]",
        "tale.wdl:24:44: error: 'DIR/w.safetensors' has no tensor 'head' [4, 8]; did you mean 'haed'?",
        "tale.wdl:9:12: error: 'DIR/w.safetensors' has no tensor 'block.1.wq' [4, 4]",
        "tale.wdl:11:30: error: tensor 'block.0.up' of 'DIR/w.safetensors' is [6, 4], not [4, 6]",
        "tale.wdl:11:30: error: tensor 'block.1.up' of 'DIR/w.safetensors' has elements I32",
    ]
    with pytest.raises(DiagnosticError) as caught:
        load_weights(module, path)
    shown = render(caught.value.diagnostics[:1], {"tale.wdl": TALE})
    assert "24 |   weight embed: [vocab, dim], norm: [dim]," in shown
    assert render(caught.value.diagnostics).endswith("= note: weights can be F16, F32, BF16")


def test_missing_repetitions_are_counted(tmp_path: Path) -> None:
    module = compile_wdl(TALE, "tale.wdl", {**SIZES, "layers": "9"})
    tensors = stored(random_weights(tale(), 4))
    save_file(tensors, tmp_path / "w.safetensors")
    found = errors(module, tmp_path / "w.safetensors")
    assert len(found) == 9
    assert found[0] == (
        "tale.wdl:8:12: error: 'DIR/w.safetensors' has no tensors 'block.2.norm1', 'block.3.norm1', "
        "'block.4.norm1', 'block.5.norm1', 'block.6.norm1' and 2 more [4]"
    )
    with pytest.raises(DiagnosticError) as caught:
        load_weights(module, tmp_path / "w.safetensors")
    assert {entry.notes for entry in caught.value.diagnostics} == {("the file has the first 2 of 9",)}


def test_unused_tensors_are_noted(tmp_path: Path) -> None:
    module = compile_wdl(TALE, "tale.wdl", {**SIZES, "layers": "1"})
    path = tmp_path / "w.safetensors"
    save_file(stored(random_weights(tale(), 5)), path)
    warnings: list[Diagnostic] = []
    load_weights(module, path, warnings)
    assert [str(warning).replace(str(tmp_path), "DIR") for warning in warnings] == [
        "note: the model does not use tensors 'block.1.down', 'block.1.gate', 'block.1.norm1', "
        "'block.1.norm2', 'block.1.up' and 4 more of 'DIR/w.safetensors'"
    ]


def test_values_that_do_not_fit(tmp_path: Path) -> None:
    module = tale()
    tensors = stored({name: value.astype(np.float32) for name, value in random_weights(module, 6).items()})
    tensors["norm"][:2] = [-1e5, 65520.0]
    tensors["head"][0, 0] = 65519.0  # the largest that rounds to float16's greatest number
    path = tmp_path / "w.safetensors"
    save_file(tensors, path)
    with pytest.raises(DiagnosticError) as caught:
        load_weights(module, path)
    (error,) = caught.value.diagnostics
    assert error.message.endswith("has 2 values too large for float16")
    assert error.notes == ("the largest is 100000, the limit 65504",)
    assert load_weights(tale("f32"), path)["norm"][0] == np.float32(-1e5)


def test_values_that_are_no_numbers_are_warned_of(tmp_path: Path) -> None:
    module = tale()
    tensors = stored(random_weights(module, 7))
    tensors["norm"][:2] = [np.nan, np.inf]
    save_file(tensors, tmp_path / "w.safetensors")
    warnings: list[Diagnostic] = []
    load_weights(module, tmp_path / "w.safetensors", warnings)
    assert [warning.message.rpartition(" has ")[2] for warning in warnings] == [
        "2 values that are inf or nan"
    ]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    module = tale()
    (found,) = errors(module, tmp_path / "none.safetensors")
    assert found.startswith("error: cannot read weights from 'DIR/none.safetensors': ")
    (found,) = errors(module, tmp_path)
    assert "error: cannot read weights from" in found
    good = tmp_path / "good.safetensors"
    save_file(stored(random_weights(module, 8)), good)
    content = good.read_bytes()
    header = int.from_bytes(content[:8], "little")
    for number, spoilt in enumerate(
        [
            b"",
            b"short",
            content[:100],
            content[:-1],
            content + b"x",
            b"\xff" * 8 + content[8:],
            content[:8] + b"?" + content[9:],
            content[: 8 + header].replace(b'"F16"', b'"X16"') + content[8 + header :],
            content[: 8 + header].replace(b'data_offsets":[0', b'data_offsets":[9') + content[8 + header :],
        ]
    ):
        path = tmp_path / f"bad{number}.safetensors"
        path.write_bytes(spoilt)
        (found,) = errors(module, path)
        expected = f"error: cannot read weights from 'DIR/bad{number}.safetensors': it is damaged or not a "
        assert found.startswith(expected)


def test_the_reader_knows_names_and_shapes(tmp_path: Path) -> None:
    save_file({"b": np.zeros((2, 0), np.float16), "a": np.array(2.5, np.float32)}, tmp_path / "w.safetensors")
    reader = SafetensorsReader(tmp_path / "w.safetensors")
    assert [(t.name, t.element, t.shape) for t in reader.tensors.values()] == [
        ("a", "F32", ()),
        ("b", "F16", (2, 0)),
    ]
    assert reader.read("a") == 2.5
    assert reader.read("b").shape == (2, 0)


# ---- random


def test_random_weights_depend_on_seed_and_name_only() -> None:
    weights = random_weights(tale(), 1)
    again = random_weights(compile_wdl(TALE, "other.wdl", {**SIZES, "layers": "5", "vocab": "6"}), 1)
    np.testing.assert_array_equal(weights["block.wq"], again["block.wq"][:2])
    other = random_weights(tale(), 2)
    for name, value in weights.items():
        assert not np.array_equal(value, other[name])
    assert not np.array_equal(weights["block.wq"][0], weights["block.wq"][1])
    assert not np.array_equal(weights["block.wk"], weights["block.wv"])


def test_random_weights_are_these() -> None:
    """The numbers themselves are promised: what is measured with a seed must stay comparable."""
    weights = random_weights(tale(), 0)
    assert weights["norm"].tolist() == [1.08203125, 0.91552734375, 0.91259765625, 0.904296875]
    row = [0.09283447265625, -0.31689453125, -0.5947265625, -0.8486328125]
    assert weights["block.wq"][1, 0].tolist() == row


def test_random_weights_have_the_right_spread() -> None:
    module = compile_wdl(TALE, "tale.wdl", {"layers": "1"})
    weights = {name: value.astype(np.float64) for name, value in random_weights(module, 3).items()}
    for name, deviation in {
        "embed": 1.0,
        "head": 64**-0.5,
        "block.down": 176**-0.5,
        "block.wk": 64**-0.5,
    }.items():
        assert abs(weights[name].mean()) < 0.05 * deviation
        assert weights[name].std() == pytest.approx(deviation, rel=0.03)
    for name in ("norm", "block.norm1"):
        assert np.abs(weights[name] - 1).max() <= 0.1
        assert np.ptp(weights[name]) > 0.15
    biases = random_weights(compile_wdl(MLP, "mlp.wdl"), 3)["b1"]
    assert 0.05 < np.abs(biases).max() <= 0.1


def test_random_weights_keep_activations_sane() -> None:
    module = compile_wdl(replaced(TALE, ("layers = 3", "layers = 12")), "tale.wdl")
    interpreter = NnInterpreter(module, random_weights(module, 4))
    _, logits = interpreter.step("decode", np.arange(20), 0)
    assert 0.5 < float(logits.std()) < 2.0


def test_a_negative_seed() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        random_weights(tale(), -1)


@pytest.mark.parametrize("shape", [(2**62, 2**62), (2**44, 4)])
def test_random_weights_that_fit_no_memory(shape: tuple[int, int]) -> None:
    module = tale()
    variable = next(op for op in module.body.operations if op.symbol_name == "embed")
    variable.attributes["type"] = TensorType(shape, F16)
    with pytest.raises(DiagnosticError, match=r"no memory for weight 'embed' of \d+ x \d+ elements"):
        random_weights(module, 1)
