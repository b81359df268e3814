"""Makes what lies beside the benchmarks importable, as it is for the scripts themselves."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))
