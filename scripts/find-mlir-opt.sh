#!/bin/sh
# Prints the path of an mlir-opt for the tests that compare with it; prints nothing if there is none.
# The environment's WSC_MLIR_OPT comes first, then mlir-opt-19. Where that is missing, Debian's package
# mlir-19-tools is installed if that is possible: with apt-get, as root. One line on stderr says what was found.
set -eu

package=mlir-19-tools

found() {
    echo "mlir-opt: $1" >&2
    echo "$1"
    exit 0
}

[ -z "${WSC_MLIR_OPT:-}" ] || found "$WSC_MLIR_OPT"
path=$(command -v mlir-opt-19) && found "$path"

if ! command -v apt-get >/dev/null; then
    why="there is no apt-get"
elif [ "$(id -u)" -ne 0 ]; then
    why="only root can"
else
    # An older list of packages may do as well; whether anything worked is judged by the command itself.
    apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null 2>&1 || true
    path=$(command -v mlir-opt-19) && found "$path"
    why="apt-get does not have it"
fi
echo "mlir-opt: not found, and $package cannot be installed ($why): its tests are skipped" >&2
