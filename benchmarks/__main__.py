"""`python -m benchmarks [NAME ...]`: run every `bench_*.py` here, or those named, each in a fresh process.

A benchmark is a module that prints its figures when it is run without arguments; a fresh process keeps the
peak memory of one out of the figures of the next.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run them one after the other; how many failed."""
    known = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    wanted = sys.argv[1:] or known
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    failed = 0
    for name in wanted:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.bench_{name}"]
        failed += subprocess.run(command, cwd=HERE.parent, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
