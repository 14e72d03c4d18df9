import json
import signal

import pytest

from syncd.bettune import withdrawal

CSV = "Al-Suqoor,Neom SC\nAl Suqoor,Neom SC\nWydad AC,12\n"


@pytest.fixture
def path(tmp_path, write_config):
    """The alias file that the config names; it does not exist yet."""
    path = tmp_path / "names" / "aliases.toml"
    write_config(more=f'[matching]\naliases = "{path}"')
    return path


@pytest.fixture
def table(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text(CSV)
    return table


def test_check_shows_rows_and_problems_with_their_lines_and_changes_nothing(
    call, write_config, table, tmp_path
):
    write_config()
    result = call("aliases", "check", table)
    assert result.exit_code == 1
    assert f'{table}:1: team "Al-Suqoor" = "Neom SC", new' in result.stdout
    assert f'{table}:2: team "Al Suqoor" = "Neom SC": a duplicate of line 1' in result.stdout
    assert f"{table} (csv): 2 new, 0 known, 1 refused" in result.stdout
    assert "matching" in result.stdout
    assert not (tmp_path / "data").exists(), "a check makes no database"
    table.write_text("Al-Suqoor,Neom SC\n")
    assert call("aliases", "check", table).exit_code == 0


def test_check_gives_the_same_as_json(call, write_config, table):
    write_config()
    result = call("aliases", "check", table, "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert [row["state"] for row in document["rows"]] == ["new", "refused", "new"]
    assert document["problems"][0]["line"] == 2


def test_import_makes_the_file_and_adds_what_is_new_once(call, path, table):
    result = call("aliases", "import", table)
    assert result.exit_code == 1
    assert "2 new, 0 known, 1 refused" in result.stdout
    assert "No syncd is running" in result.stdout
    assert path.read_text() == '[teams]\n"Al-Suqoor" = "Neom SC"\n"Wydad AC" = 12\n'
    assert path.stat().st_mode & 0o777 == 0o600
    again = call("aliases", "import", table)
    assert "0 new, 2 known, 1 refused" in again.stdout
    assert call("aliases", "check", path).exit_code == 0
    assert call("config", "check").exit_code == 0


def test_import_takes_openfootballs_text_and_the_rest_of_the_file_stays(call, path, tmp_path):
    path.parent.mkdir()
    path.write_text('# mine\n[teams]\n"A" = "B" # b\n')
    clubs = tmp_path / "at.clubs.txt"
    clubs.write_text("= Austria\nFC Hintertal, 1921\n  | Hintertaler Kickers\n")
    assert call("aliases", "import", clubs).exit_code == 0
    assert path.read_text() == (
        '# mine\n[teams]\n"A" = "B" # b\n\n[names.austria]\n"Hintertaler Kickers" = "FC Hintertal"\n'
    )
    assert [each.name for each in path.parent.iterdir()] == ["aliases.toml"]


def test_import_writes_through_a_link(call, path, table, tmp_path):
    path.parent.mkdir()
    real = tmp_path / "real.toml"
    real.write_text("")
    path.symlink_to(real)
    call("aliases", "import", table)
    assert path.is_symlink()
    assert "Al-Suqoor" in real.read_text()


def test_import_into_a_wrong_alias_file_changes_nothing(call, path, table):
    path.parent.mkdir()
    path.write_text("[clubs]\n")
    result = call("aliases", "import", table)
    assert result.exit_code == 2
    assert path.read_text() == "[clubs]\n"


def test_without_an_alias_file_in_the_config_import_says_how_to_name_one(call, write_config, table):
    write_config()
    result = call("aliases", "import", table)
    assert result.exit_code == 2
    assert "matching.aliases is not set: write aliases =" in result.stderr


def test_the_alias_file_itself_is_not_imported(call, path, table):
    call("aliases", "import", table)
    assert "is the alias file itself" in call("aliases", "import", path).stderr


@pytest.mark.parametrize(
    ("name", "content", "message", "status"),
    [
        ("names.xls", b"", "give it by --format", 2),
        ("names.csv", b"\xff\xfe", "it is not UTF-8 text", 1),
        ("names.toml", b"= x", "not TOML", 1),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error(call, write_config, tmp_path, name, content, message, status):
    write_config()
    (tmp_path / name).write_bytes(content)
    result = call("aliases", "check", tmp_path / name)
    assert result.exit_code == status
    assert message in result.output


def test_a_file_that_does_not_exist_is_wrong_usage(call, write_config):
    write_config()
    assert call("aliases", "check", "nowhere.csv").exit_code == 2


def test_a_format_may_be_given_for_any_name(call, write_config, tmp_path):
    write_config()
    (tmp_path / "names").write_text("A,B\n")
    assert "1 new" in call("aliases", "check", tmp_path / "names", "--format", "csv").stdout


def test_names_that_no_list_has_are_remarked_and_no_problem(call, config, tmp_path):
    assert call("once").exit_code == 0
    links = json.loads(call("matches", "--json").stdout)
    assert links
    (tmp_path / "names.csv").write_text("Nowhere Rovers,Elsewhere Town\n")
    result = call("aliases", "check", tmp_path / "names.csv")
    assert result.exit_code == 0
    assert "in neither list now" in result.stdout


def test_a_running_syncd_reads_imported_names(call, box, write_config, start, tmp_path):
    path = tmp_path / "aliases.toml"
    path.write_text("")
    write_config(box, more=f'[matching]\naliases = "{path}"')
    daemon = start()
    daemon.wait_for("started")
    (tmp_path / "names.csv").write_text("Nowhere Rovers,Elsewhere Town\n")
    result = call("aliases", "import", tmp_path / "names.csv")
    assert result.exit_code == 0
    assert "The running syncd has applied it." in result.stdout
    daemon.wait_for("verb=aliases_changed", "reloading")
    path.write_text("[teams]\n")
    daemon.signal(signal.SIGHUP)
    daemon.wait_for("config_reloaded", "matching.aliases")
    assert daemon.log.count("verb=aliases_changed") == 1, "the next components found it done"


@pytest.mark.parametrize(
    ("daemons", "said"),
    [
        ("daemons.toml", "The running syncd has another config, with the alias file {read}: it does not"),
        (None, "The config of the running syncd names no alias file: it does not read this one."),
    ],
)
def test_import_says_that_the_running_syncd_reads_another_file(
    call, box, write_config, start, tmp_path, daemons, said
):
    ours, theirs = tmp_path / "ours.toml", tmp_path / str(daemons)
    for path in (ours, theirs):
        path.write_text("")
    write_config(box, more=f'[matching]\naliases = "{theirs}"' if daemons else "")
    start().wait_for("started")
    write_config(box, more=f'[matching]\naliases = "{ours}"')
    (tmp_path / "names.csv").write_text("Nowhere Rovers,Elsewhere Town\n")
    result = call("aliases", "import", tmp_path / "names.csv")
    assert result.exit_code == 0
    assert said.format(read=theirs) in " ".join(result.stdout.split())
    assert "has applied it" not in result.stdout


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_no_command_that_withdraws_or_works_needs_the_alias_file(
    call, box, write_config, tmp_path, monkeypatch, content
):
    monkeypatch.setattr(withdrawal, "CONFIRM_AFTER_S", 0.01)
    path = tmp_path / "aliases.toml"
    if content is not None:
        path.write_bytes(content)
    write_config(box, more=f'[matching]\naliases = "{path}"')
    assert call("config", "check").exit_code == 2
    assert call("check").exit_code == 2
    done = call("once")
    assert done.exit_code == 0
    assert str(path) in done.stderr
    assert "wait for review" in done.stderr
    assert box.bettune.account.odds()
    for command in (["status"], ["matches", "--review"], ["plan"]):
        assert call(*command).exit_code == 0
    assert call("withdraw", "--now").exit_code == 0
    assert not box.bettune.account.odds()
