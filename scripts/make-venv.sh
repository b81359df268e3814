#!/bin/sh
# Makes an empty virtual environment in DIRECTORY with the newest Python that wsc runs on, or with PYTHON.
# Usage: make-venv.sh DIRECTORY [PYTHON]
set -eu

directory=$1
wanted=${2:-}

fail() {
    echo "make-venv: $1" >&2
    exit 1
}

# A command of that name may exist and yet not run (pyenv's shims), so each one is asked. The range is pyproject.toml's.
suits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

if [ -n "$wanted" ]; then
    suits "$wanted" || fail "PYTHON=$wanted is not a Python 3.11, 3.12 or 3.13 that runs"
    python=$wanted
else
    python=
    for candidate in python3.13 python3.12 python3.11 python3; do
        if suits "$candidate"; then
            python=$candidate
            break
        fi
    done
    [ -n "$python" ] || fail "no Python 3.11, 3.12 or 3.13 found: install one, or name it with 'make PYTHON=/path/to/python'"
fi

# Debian packs ensurepip, which fills a new environment, apart from Python itself.
has_ensurepip() {
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1
}

if ! has_ensurepip; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        echo "make-venv: installing $package" >&2
        apt-get update -qq || true # an older list of packages may still do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null || true # judged by the next line
    fi
    has_ensurepip || fail "$python cannot make virtual environments: install the package $package and run make again"
fi

echo "make-venv: $directory with $("$python" --version)" >&2
"$python" -m venv --clear "$directory"
