"""What all tests share: golden files, and hypothesis that tries the same examples in every run."""

from hypothesis import settings

from .golden import (
    golden,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_makereport,
    pytest_sessionfinish,
    pytest_terminal_summary,
)

__all__ = [
    "golden",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
]

# However slow the machine is.
settings.register_profile("wsc", deadline=None, derandomize=True)
settings.load_profile("wsc")
