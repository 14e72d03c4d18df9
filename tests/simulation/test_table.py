"""The table of the worst exposures in docs/reliability.md."""

from benchmarks.simulate.fault_kinds import KINDS
from benchmarks.simulate.table import BEGINS, ENDS, PAGE, table


def result(**row: object) -> dict[str, object]:
    known = {"fault": "store.full", "times": 1, "worst_s": 7, "allowed_s": 9}
    return {"seed": row.pop("seed", 1), "days": 1.0, "faults": 3, "kinds": [known | row]}


def test_the_page_names_every_kind_of_fault_and_has_measured_it():
    text = PAGE.read_text(encoding="utf-8").split(BEGINS)[1].split(ENDS)[0]
    rows = {line.split("|")[1].strip(): line.split("|")[2:] for line in text.splitlines() if "." in line}

    assert [name for name in KINDS if name not in rows] == []
    assert [name for name in KINDS if rows[name][0].strip() == "0" and not guarded_rows(rows, name)] == []


def guarded_rows(rows: dict[str, list[str]], name: str) -> list[str]:
    return [each for each in rows if each.startswith(f"{name}, ")]


def test_the_worst_of_all_runs_is_in_the_table():
    text = table([result(), result(seed=2, worst_s=8, times=2), result(seed=5, worst_s=1)])

    assert "| store.full | 4 | 8 | 9 |" in text
    assert "3 simulated days with 9 faults, 3 seeds (1 to 5)" in text


def test_a_fault_that_a_guard_shortens_has_a_row_of_its_own():
    text = table([result(fault="process.dead, guard")])

    assert "| process.dead, guard | 1 | 7 | 9 |" in text
