"""What the pages promise exists: links, commands, options, keys, make targets, codes."""

import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest

from syncd.cli.main import cli
from syncd.cli.man import man_page
from syncd.config.tree import dotted, walk
from syncd.model.change import Cause
from syncd.views.alert_advice import ADVICE, UNKNOWN, AlertAdvice, advice_on

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("migrations/*.md")])
OPERATIONS = (ROOT / "docs/operations.md").read_text()

FENCE = re.compile(r"^( *)```.*?\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")

LOGGED = re.compile(r"(?:^ +log\.\w+|log\.warning\))\(\s*\"([a-z_]+)\"", re.MULTILINE)
SUBJECT = re.compile(
    r"^[A-Z_]+(?:: Final)? = \"((?:pinnacle|bettune|sync|web|guard)\.[a-z_]+)\"$", re.MULTILINE
)

SOURCES = [path.read_text() for path in (ROOT / "syncd").rglob("*.py") if "demo" not in path.parts]

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def without_code(text: str) -> str:
    return INLINE.sub("", FENCE.sub("", text))


def code_of(page: Path) -> list[str]:
    """Everything in backticks, line by line."""
    text = page.read_text()
    blocks = [line for block in FENCE.finditer(text) for line in block[2].splitlines()]
    return [*blocks, *INLINE.findall(FENCE.sub("", text))]


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", title.lower()) for title in titles]
    return frozenset(title.strip().replace(" ", "-") for title in kept)


@pages
def test_every_link_leads_somewhere(page):
    lost = []
    for target in LINK.findall(without_code(page.read_text())):
        name, _, anchor = target.partition("#")
        if "://" in name:
            continue
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors_of(place)):
            lost.append(target)
    assert lost == []


def commands_in(line: str) -> list[list[str]]:
    """The calls of syncd in a line of code: what follows the program's name, up to prose or a comment."""
    found = []
    line = line.replace("exec syncd ", "")  # the service of the compose file is called so too
    for call in re.findall(r"(?:^|\s|bin/)syncd ((?:-{0,2}[\w-]+|[A-Z]+)(?: [^#;&|]*)?)", line):
        try:
            found.append(shlex.split(re.split(r"\s{2,}", call)[0]))
        except ValueError:
            continue
    return found


def problem_of(words: list[str]) -> str:
    """Why such a call would be refused as unknown; empty if it would not."""
    context = click.Context(cli)
    command: click.Command = cli
    remaining = iter(words)
    for word in remaining:
        if word.startswith("--"):
            options = {name for each in command.get_params(context) for name in each.opts}
            if word.partition("=")[0] not in options | {"--help"}:
                return f"{command.name} has no option {word}"
            if word == "--config":
                next(remaining, None)
        elif isinstance(command, click.Group):
            below = command.get_command(context, word)
            if below is None:
                return f"no command {word}"
            command = below
    return ""


@pages
def test_every_command_and_option_exists(page):
    calls = [words for line in code_of(page) for words in commands_in(line)]
    assert [problem for words in calls if (problem := problem_of(words))] == []


def test_the_readme_names_every_command():
    named = {words[0] for line in code_of(ROOT / "README.md") for words in commands_in(line)}
    assert set(cli.list_commands(click.Context(cli))) - named == set()


@pages
def test_every_make_target_exists(page):
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for line in code_of(page) for target in re.findall(r"(?:^|\s)make ([a-z]+)", line)}
    assert named - known == set()


@cache
def subjects() -> frozenset[str]:
    """The subjects of alerts, but for those composed of a feed or a task: no test can find these."""
    named = re.compile(r'alerts\.fire\(|alert\.ring\(|^"""Alert: ', re.MULTILINE)
    begun = [source for source in SOURCES if named.search(source)]
    return frozenset(subject for source in begun for subject in SUBJECT.findall(source))


@cache
def keys() -> frozenset[str]:
    return frozenset(dotted(key) for key, _ in walk())


@pages
def test_every_config_key_exists(page):
    sections = "|".join({key.partition(".")[0] for key in keys() if "." in key})
    named = {text for text in code_of(page) if re.fullmatch(rf"(?:{sections})(?:\.[a-z_]+)+", text)}
    assert named - keys() - subjects() == set()


def test_operations_explains_every_cause():
    assert [cause for cause in Cause if f"`{cause}`" not in OPERATIONS] == []


def test_operations_explains_every_log_event():
    coded = {code for source in SOURCES for code in LOGGED.findall(source)}
    assert coded >= {"started", "prediction_written", "alert_firing", "link_broken"}
    assert sorted(code for code in coded if f"`{code}`" not in OPERATIONS) == []


def test_operations_explains_every_alert():
    assert subjects() >= {"pinnacle.stale", "sync.mass", "bettune.refused"}
    assert [subject for subject in subjects() if f"`{subject}`" not in OPERATIONS] == []


def rows_of_alerts() -> dict[str, AlertAdvice]:
    """What the table of alerts says of each subject, without its links."""
    found = {}
    for line in OPERATIONS.partition("## Alerts")[2].partition("\n## ")[0].splitlines():
        if line.startswith("| `"):
            subjects, _, _, does, advice = (each.strip() for each in line.strip(" |").split(" | "))
            without_links = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", advice)
            found.update(dict.fromkeys(INLINE.findall(subjects), AlertAdvice(does, without_links)))
    return found


def test_the_page_and_operations_give_the_same_advice_on_every_alert():
    rows = rows_of_alerts()
    assert {subject: advice_on(subject) for subject in rows} == rows
    assert {re.sub(r"\.\d+$", "", subject) for subject in rows} == set(ADVICE)
    assert [subject for subject in subjects() if advice_on(subject) is UNKNOWN] == []


def test_the_man_page_is_up_to_date():
    assert (ROOT / "man" / "syncd.1").read_text() == man_page(), "run: make docs"
