"""Lists the packages: the four folders and all below them, under the names they install as."""

from setuptools import find_packages, setup

FOLDERS = ("compiler", "ir", "passes", "runtime")
found = find_packages(include=[pattern for folder in FOLDERS for pattern in (folder, f"{folder}.*")])
setup(packages=[f"wsc.{name}" for name in found])
