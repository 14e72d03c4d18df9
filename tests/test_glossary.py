"""One word for one thing: retired words stay away, class names are unique, names in backticks exist."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "syncd").rglob("*.py"))
TEMPLATES = sorted([*(ROOT / "syncd").rglob("*.html"), *(ROOT / "syncd").rglob("*.jinja")])
TESTS = sorted([*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")])
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("migrations/*.md")])

RETIRED = {
    "alarm": "wake event",
    "anew": "again",
    "company": "collective evidence",
    "crew": "supervisor",
    "curtain": "deadline",
    "dear": "high margin",
    "disbelief": "rejected items",
    "door": "gate",
    "hearsay": "read by an earlier process",
    "heard": "received",
    "held": "actual, withheld, kept",
    "holding": "actual",
    "holdings": "actual",
    "leftovers": "elimination",
    "likeness": "similarity",
    "loud": "notify",
    "narrator": "reporter",
    "nudge": "wake",
    "nudged": "woken",
    "obey": "apply",
    "obeyed": "applied",
    "occasion": "context",
    "onlooker": "comparison",
    "ought": "should",
    "person": "user",
    "persons": "users",
    "road": "derivation",
    "roads": "derivations",
    "room": "package, component",
    "rooms": "packages, components",
    "scene": "state, inputs",
    "scenes": "states, inputs",
    "scribe": "alert recorder",
    "sift": "split",
    "standing": "active",
    "stranger": "unidentified team",
    "strangers": "unidentified teams",
    "tell": "say, report, show",
    "telling": "saying, reporting",
    "tells": "says, reports, shows",
    "told": "said, reported, shown",
    "touched": "invalidated",
    "trouble": "alert, problem",
    "troubles": "alerts, problems",
    "witness": "supporting lesson",
    "witnesses": "supporting lessons",
}
"""Words that had a private meaning here, or are archaic, and what to say instead."""

PLAIN_SENSE = re.compile(
    r"stand(ing|s)?[ _]by|stood by|dear diary|level (=|is) \"loud\"|"
    r"lease[ _]?held|holding[ _](the |a )?lease|lease is (not )?held|is_held|held a lock",
    re.IGNORECASE,
)
"""Phrases in which such a word is the plain English one: a lease and a lock are held."""

FAMILIES = {"bettune/errors.py", "pinnacle/errors.py"}
"""The error families of the two services have the same names on purpose; callers import one of them."""

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def retired_in(path: Path) -> Iterator[str]:
    """The retired words of a file: of its path, which is line 0, and of its text."""
    place = str(path.relative_to(ROOT))
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate([place, *text.splitlines()]):
        for word in WORD.findall(PLAIN_SENSE.sub("", line)):
            if word.lower() in RETIRED:
                yield f"{place}:{number}: {word} -> {RETIRED[word.lower()]}"


NAMES_THEM = {"tests/test_glossary.py", "tests/store/test_migrations.py", "CHANGELOG.md"}
"""Files about the old words: this list, databases of earlier revisions, what was renamed."""


@pytest.mark.parametrize(
    "files",
    [SOURCES, TEMPLATES, TESTS, PAGES],
    ids=["code", "templates", "tests", "pages"],
)
def test_retired_words_do_not_come_back(files: list[Path]):
    kept = (path for path in files if str(path.relative_to(ROOT)) not in NAMES_THEM)
    assert [hit for path in kept for hit in retired_in(path)] == []


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def classes() -> Iterator[tuple[str, str]]:
    """Each class of a module with the module's path below `syncd/`."""
    for path, tree in trees().items():
        place = str(path.relative_to(ROOT / "syncd"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                yield node.name, place


def test_class_names_are_unique():
    places = defaultdict(set)
    for name, place in classes():
        places[name].add(place)
    assert {name: found for name, found in places.items() if len(found) > 1 and not found <= FAMILIES} == {}


@cache
def defined() -> frozenset[str]:
    """Every name that is defined anywhere: modules, classes, functions, constants, fields, parameters."""
    names = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    for tree in trees().values():
        for node in ast.walk(tree):
            match node:
                case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    names.add(name)
                case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                    names.add(name)
                case ast.alias(name=name):
                    names.update(name.split("."))
    return frozenset(names)


CODE_NAME = re.compile(r"[A-Z][A-Za-z]*[a-z][A-Za-z]*(?:\.[a-z_]\w*)*(?:\(\))?|[a-z_]+(?:\.[a-z_]+)*\(\)")
"""`Feed`, `Feed.poll`, `plan()`: what can only be a name of the code."""

FOREIGN = frozenset(
    [
        "Authorization",
        "Date",
        "Decimal",
        "NaN",
        "Retry",
        "After",
        "OverflowError",
        "ValueError",
        "TimeoutError",
        "OSError",
        "Accept",
        "Age",
        "Host",
        "Over",
        "Under",
        "Home",
        "Away",
        "Draw",
        "Regular",
        "Corners",
        "Bookings",
        "Yes",
        "No",
        "True",
        "False",
        "None",
        "Pinnacle",
        "BetTune",
    ]
)
"""Names of Python, HTTP and the two services that stand in backticks too."""


def names_in_docstrings() -> Iterator[tuple[str, str]]:
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                for name in re.findall(r"`([^`\n]+)`", ast.get_docstring(node, clean=False) or ""):
                    yield name, str(path.relative_to(ROOT))


QUESTION = re.compile(r"\s*(What|Whether|How|Why|Which)\b")


def docstrings() -> Iterator[tuple[str, str]]:
    """Each docstring with its place, those of fields and constants included."""
    for path, tree in trees().items():
        for node in ast.walk(tree):
            for statement in node.body if isinstance(getattr(node, "body", None), list) else ():
                match statement:
                    case ast.Expr(value=ast.Constant(value=str(text)), lineno=line):
                        yield text, f"{path.relative_to(ROOT)}:{line}"


def test_a_docstring_begins_with_a_verb_or_a_noun():
    assert [f"{place}: {text}" for text, place in docstrings() if QUESTION.match(text)] == []


def is_defined(name: str) -> bool:
    return all(part in defined() or part in FOREIGN for part in name.removesuffix("()").split("."))


def test_names_in_docstrings_exist():
    found = {(name, place) for name, place in names_in_docstrings() if CODE_NAME.fullmatch(name)}
    assert sorted(each for each in found if not is_defined(each[0])) == []


INLINE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^( *)```.*?\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|yml|lock|html|css|js)|(?:[a-z_]+/)+[a-z_]*")


def in_backticks(page: Path) -> list[str]:
    return INLINE.findall(FENCE.sub("", page.read_text(encoding="utf-8")))


def exists(name: str, page: Path) -> bool:
    places = (ROOT, ROOT / "syncd", page.parent, ROOT / "tests")
    return any((place / name).exists() or (place / f"{name}.py").exists() for place in places)


USERS_OWN = re.compile(r"^(FILE|data|secrets|config/(syncd|aliases)|/|\.env|systemd)|^v\d/")
"""Files that are the user's, not the project's, and paths of the two services."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_paths_in_backticks_exist(page: Path):
    named = [name for name in in_backticks(page) if FILE.fullmatch(name) and not USERS_OWN.match(name)]
    assert [name for name in named if not exists(name, page)] == []


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_names_in_backticks_exist(page: str):
    named = [name for name in in_backticks(ROOT / page) if CODE_NAME.fullmatch(name)]
    assert [name for name in named if not is_defined(name)] == []


def rules() -> list[tuple[str, str]]:
    """The rows of "Where each rule lives": the rule and its places."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Where each rule lives")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!rule |---)(.+?) \| (.+?) \|\s*$", table, re.MULTILINE)
    assert len(rows) >= 15
    return rows


@pytest.mark.parametrize(("rule", "places"), rules(), ids=lambda text: text[:40])
def test_each_rule_lives_where_the_page_says(rule: str, places: str):
    """A place is a file below `syncd/`, and behind it the names in it that hold the rule."""
    path: Path | None = None
    for name in INLINE.findall(places):
        if name.endswith(".py"):
            path = ROOT / "syncd" / name
            assert path.is_file(), name
        else:
            assert path, f"{rule}: {name} stands behind no file"
            text = path.read_text(encoding="utf-8")
            assert re.search(rf"(?:class|def) {name}\b|^{name}\b.*=", text, re.MULTILINE), (
                f"{name} in {path.name}"
            )
    assert path, rule


GLOSSARY = ROOT / "docs/glossary.md"


def test_the_glossary_has_one_line_a_term():
    rows = [line for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    terms = [
        term
        for row in rows
        if not row.startswith(("| term", "| ---"))
        for term in row.split(" | ")[0][2:].split(", ")
    ]
    assert len(terms) > 50
    assert len(terms) == len(set(terms))
