"""Plug-ins: Python files whose passes join the registry, or take the place of passes in it."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import MISSING, dataclass, is_dataclass
from pathlib import Path
from traceback import extract_tb
from types import ModuleType

from ..ir.diagnostics import Diagnostics, error_at
from ..ir.location import UNKNOWN, FileLoc, Location
from .aliases import ALIASES
from .base import Pass
from .pipeline_parser import OPTION_TYPES
from .registry import PASSES

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Plugin:
    """A loaded file: the path as it was given, its passes, and what they replaced in the registry."""

    path: str
    passes: tuple[type[Pass], ...]
    replaced: dict[str, type[Pass]]


def load_plugin(path: str) -> Plugin:
    """Execute a file and register the subclasses of `Pass` that it defines.

    One whose name is taken replaces the pass of that name. Raises `DiagnosticError`, at the line where that
    is known: the file cannot be read, is no Python, raises, or defines no pass or one that cannot be used.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
        tree = ast.parse(text, path)
    except OSError as error:
        raise error_at(f"plug-in '{path}' cannot be read: {error.strerror}", UNKNOWN) from error
    except UnicodeDecodeError as error:
        raise error_at(f"plug-in '{path}' is no text in UTF-8: {error.reason}", UNKNOWN) from error
    except SyntaxError as error:
        place = FileLoc(path, error.lineno or 1, error.offset or 1)
        raise error_at(f"plug-in '{path}' is no Python: {error.msg}", place) from error
    except ValueError as error:  # a null byte
        raise error_at(f"plug-in '{path}' is no Python: {error}", UNKNOWN) from error
    passes = _passes_of(_execute(path, text), path, tree)
    replaced = {kind.name: PASSES[kind.name] for kind in passes if kind.name in PASSES}
    PASSES.update({kind.name: kind for kind in passes})
    return Plugin(path, tuple(passes), replaced)


def unload_plugin(plugin: Plugin) -> None:
    """Leave the registry as it was before `plugin`, the one loaded last, was loaded."""
    for kind in plugin.passes:
        if kind.name in plugin.replaced:
            PASSES[kind.name] = plugin.replaced[kind.name]
        else:
            del PASSES[kind.name]
    sys.modules.pop(_module_name(plugin.path), None)


def _module_name(path: str) -> str:
    return f"wsc-plug-in:{path}"


def _execute(path: str, text: str) -> ModuleType:
    """Return the module that the file makes. Raises `DiagnosticError` if it raises anything."""
    module = ModuleType(_module_name(path))
    module.__file__ = path
    sys.modules[module.__name__] = module  # dataclasses and `inspect` look it up there
    try:
        exec(compile(text, path, "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        lines = [frame.lineno for frame in extract_tb(error.__traceback__) if frame.filename == path]
        place = FileLoc(path, lines[-1] or 1, 1) if lines else UNKNOWN
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise error_at(f"plug-in '{path}' raised {what}", place) from error
    return module


def _passes_of(module: ModuleType, path: str, tree: ast.Module) -> list[type[Pass]]:
    """Return the passes that `module` defines. Raises `DiagnosticError` with all that is wrong with them."""
    places: dict[str, Location] = {
        node.name: FileLoc(path, node.lineno, node.col_offset + 1)
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    diagnostics = Diagnostics()
    found: dict[str, type[Pass]] = {}
    for kind in vars(module).values():
        if not (isinstance(kind, type) and issubclass(kind, Pass) and kind.__module__ == module.__name__):
            continue
        if inspect.isabstract(kind):
            continue  # a base for others
        place = places.get(kind.__name__, UNKNOWN)
        problem = _problem(kind)
        if problem is None and found.get(kind.name, kind) is not kind:
            problem = f"has the name of class '{found[kind.name].__name__}', '{kind.name}'"
        if problem is not None:
            diagnostics.error(f"class '{kind.__name__}' cannot be used as a pass: it {problem}", place)
        else:
            found[kind.name] = kind
    if not found and not diagnostics.has_errors:
        diagnostics.error(
            f"plug-in '{path}' defines no pass",
            FileLoc(path, 1, 1),
            "a pass is a subclass of wsc.passes.base.Pass with a name and a method `run`",
        )
    diagnostics.raise_if_errors()
    return list(found.values())


def _problem(kind: type[Pass]) -> str | None:
    """Return why `kind` cannot be a pass of a pipeline, as the rest of a sentence about it."""
    name = getattr(kind, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        return 'needs a name in kebab-case: name: ClassVar[str] = "my-pass"'
    if name in ALIASES:
        return f"has the name of an alias, '{name}'"
    if not (is_dataclass(kind) and "__dataclass_params__" in vars(kind)):
        return "is no dataclass: @dataclass(frozen=True, slots=True) above it makes it one"
    without = [f"'{option.name}'" for option in kind.options() if option.default is MISSING]
    if without:
        return f"has options without a default: {', '.join(without)}"
    strange = [
        f"'{option.name}'" for option in kind.options() if not isinstance(option.default, OPTION_TYPES)
    ]
    if strange:
        return f"has options whose default is no bool, int, float or str: {', '.join(strange)}"
    return None
