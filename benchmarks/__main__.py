"""`python -m benchmarks [NAME ...] [-- OPTION ...]`: run every `bench_*.py` of this folder, or those named.

A benchmark is a module that prints its figures when it is run without arguments; options, such as
`script -- --json`, are handed on. Each runs in a fresh process, so that its peak memory does not count for
the next.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Run them one after the other. Returns how many failed."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    names, options = sys.argv[1:], list[str]()
    if "--" in names:
        names, options = names[: names.index("--")], names[names.index("--") + 1 :]
    wanted = names or known
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known)}")
    failed = 0
    for name in wanted:
        print(f"\n== {name}", flush=True, file=sys.stderr)
        command = [sys.executable, "-m", f"benchmarks.bench_{name}", *options]
        failed += subprocess.run(command, cwd=FOLDER.parent, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
