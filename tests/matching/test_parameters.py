"""All tuning numbers of matching are in two modules, each with its unit, and none of them is unused."""

import ast
from pathlib import Path

import pytest

from syncd.matching import parameters

PACKAGE = Path(parameters.__file__).parent
UNITS = ("Nats", "Similarity", "Probability", "Seconds", "Letters", "Count", "Factor", "Strength", "Goals")
OF_NUMBERS = ("parameters", "result_parameters")
CODES = {"ANY_AGE", "SECOND", "THIRD", "CALLED_OFF"}
"""Numbers that are names of kinds, not quantities."""
MODULES = sorted(path for path in PACKAGE.glob("*.py") if path.stem not in OF_NUMBERS)


def constants(path):
    """Yield each assignment at the top of a module with the statement after it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for statement, after in zip(body, [*body[1:], None], strict=True):
        match statement:
            case ast.Assign(targets=[target], value=value):
                yield [each.id for each in ast.walk(target) if isinstance(each, ast.Name)], value, after
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield [name], value, after


def is_numeric(value):
    if isinstance(value, ast.Call):
        return False
    parts = (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))
    return any(type(part) in (int, float) for part in parts)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_other_module_has_a_number_of_its_own(path):
    numbers = {name for names, value, _ in constants(path) if is_numeric(value) for name in names}
    assert numbers <= CODES


def test_each_number_has_an_explanation_that_begins_with_its_unit():
    unexplained = [
        names
        for stem in OF_NUMBERS
        for names, _, after in constants(PACKAGE / f"{stem}.py")
        if not isinstance(after, ast.Expr)
        or not isinstance(after.value, ast.Constant)
        or not str(after.value.value).startswith(tuple(f"{unit}. " for unit in UNITS))
    ]
    assert unexplained == []


def test_each_number_is_used():
    names = [
        name for stem in OF_NUMBERS for names, _, _ in constants(PACKAGE / f"{stem}.py") for name in names
    ]
    readers = [*PACKAGE.glob("*.py"), *(PACKAGE.parent / "linking").glob("*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in readers]
    nodes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)]
    used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    assert [name for name in names if name not in used] == []
