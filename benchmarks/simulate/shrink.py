"""`python -m benchmarks.simulate.shrink --seed 7 --days 1`: the few faults that a failing seed needs.

Takes the options of `python -m benchmarks.simulate`, and prints them with the `--only` that suffices.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence


def smallest(numbers: Sequence[int], fails: Callable[[Sequence[int]], bool]) -> list[int]:
    """Leave out what can be left out, ever smaller parts at a time, as long as it `fails`.

    This is delta debugging (Zeller): afterwards no single number can be left out.
    """
    kept, parts = list(numbers), 2
    while len(kept) > 1:
        size = max(1, len(kept) // parts)
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            if rest and fails(rest):
                kept, parts = rest, max(2, parts - 1)
                break
        else:
            if size == 1:
                return kept
            parts *= 2
    return kept


def run(options: Sequence[str]) -> dict[str, object]:
    """Run once, and return the figures."""
    command = [sys.executable, "-m", "benchmarks.simulate", *options, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> None:
    """Shrink the run that the command line describes."""
    options = sys.argv[1:]
    first = run(options)
    if not first["broken"]:
        sys.exit("this run keeps every promise: there is nothing to shrink")

    def fails(numbers: Sequence[int]) -> bool:
        broken = run([*options, "--only", ",".join(map(str, numbers))])["broken"]
        print(f"{len(numbers)} faults: {'fails' if broken else 'does not fail'}", flush=True)
        return bool(broken)

    kept = smallest(range(int(str(first["faults"]))), fails)
    print(f"python -m benchmarks.simulate {' '.join(options)} --only {','.join(map(str, kept))}")


if __name__ == "__main__":
    main()
