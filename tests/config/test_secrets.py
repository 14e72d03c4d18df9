"""Secrets are shown nowhere, whatever characters they have; files that hold secrets are small plain files."""

import os
import socket
import stat
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from syncd.config.database_url import masked_url, normalise, passwords_of, split
from syncd.config.load import load, load_with_sources
from syncd.config.plain_file import MAX_SECRET_BYTES
from syncd.config.problems import ConfigError
from syncd.config.show import effective_toml
from syncd.config.toml_file import write_starter
from syncd.config.warnings import is_in_the_clear, warnings_of
from syncd.runtime.logs import Mask
from syncd.store.address import parse

SECRET = "hunter2hunter2"

HIDING = [
    "postgresql://u:{}@h/d",
    "postgresql://u@h/d?password={}",
    "postgresql://u@h/d?PASSWORD={}&ssl=require",
    "postgresql://u@h/d?sslpassword={}",
    "postgresql://u@h/d?passw%6frd={}",
    "postgresql://u@h/d?ssl=require&password={}",
    "postgresql://u:x#{}@h/d",
    "postgresql://u:x/{}@h/d",
    "postgresql://u:x?{}@h/d",
    "postgresql://u:x@{}@h/d",
    "postgresql://u:x:{}@h/d",
    "postgresql://u:x[{}@h/d",
    "postgresql://u:x]{}@h/d",
    "postgresql://u:x {}@h/d",
    "postgresql://u:x%25{}@h/d",
    "postgresql://u:\\\\{}@h/d",
    "postgresql://:{}@h/d",
    "postgres://u:a#b/{}@h/d",
    "postgresql+asyncpg://u:a@b@{}@h/d",
]


@pytest.mark.parametrize("form", HIDING)
def test_a_password_in_an_address_is_shown_nowhere(tmp_path, form):
    path = tmp_path / "syncd.toml"
    path.write_text("[store]\nurl = '" + form.format(SECRET) + "'")
    loaded = load_with_sources(path, {})
    settings = loaded.settings
    url = settings.store.url.get_secret_value()
    address = parse(url)
    mask = Mask(settings.secrets)
    shown = [effective_toml(loaded), repr(settings), address.safe, repr(address), masked_url(url)]
    written = (url, form.format(SECRET), str(address.url), repr(address.url))
    shown += [mask(None, "", each) for each in written]
    assert [each for each in shown if SECRET in each] == []


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_password_reaches_the_database_as_it_was_written(password):
    encoded = f"postgresql://u:{quote(password, safe='')}@h:5432/d"
    assert make_url(normalise(encoded)).password == password
    if "%" not in password:
        parsed = make_url(normalise(f"postgresql://u:{password}@h:5432/d"))
        assert (parsed.password, parsed.host, parsed.database) == (password, "h", "d")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_normalising_twice_changes_nothing(password):
    once = normalise(f"postgresql://u:{password}@h/d")
    assert normalise(once) == once
    assert set(passwords_of(once)) >= {split(once).password}


@pytest.mark.parametrize("url", ["postgresql://u@h/d?ssl=require&timeout=3", "sqlite:///a@b.db?mode=ro"])
def test_what_is_no_secret_is_shown(url):
    assert masked_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        f"https://me:{SECRET}@host/api",
        f"https://{SECRET}@host",
        f"//me:{SECRET}@host",
        f"me:{SECRET}@host",
        f"https://host/?token={SECRET}",
        f"ftp://host/?token={SECRET}",
        f"https://me:x#{SECRET}@host/",
    ],
)
@pytest.mark.parametrize("section", ["pinnacle", "bettune"])
def test_an_address_with_a_user_is_refused_without_showing_it(problems, section, url):
    (line,) = problems(f'[{section}]\nbase_url = "{url}"')
    assert SECRET not in line
    assert f"{section}.base_url is text (not shown" in line


def test_a_wrong_database_address_is_never_shown(problems):
    for url in (
        *(f"mysql://u:{SECRET}@h/d", f"u:{SECRET}@h", f"postgresql://u:{SECRET}"),
        *(f"postgresql://u:x%zz{SECRET}@h/d", f"postgresql://u:x%{SECRET}@h/d"),
        *(f"postgresql://u:{SECRET}@h:0/d", f"postgresql://u@h/d?password={SECRET}%&port=70000"),
    ):
        assert SECRET not in "".join(problems(f'[store]\nurl = "{url}"'))


# --- tokens --------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["a", "fifteen-letters"])
def test_a_token_that_others_can_try_is_long(problems, token):
    (line,) = problems(f'[web]\nhost = "0.0.0.0"\ntoken = "{token}"')
    assert line.startswith("syncd.toml:3: web.token is shorter than 16 characters, and other machines")
    assert "fifteen-letters" not in line


def test_a_long_token_or_a_local_address_is_fine(config):
    assert config('[web]\nhost = "0.0.0.0"\ntoken = "sixteen-letters!"')
    assert config('[web]\ntoken = "a"')


# --- files ---------------------------------------------------------------------------------------


def fifo(path):
    os.mkfifo(path)


def unix_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


def large(path):
    path.write_text("a" * (MAX_SECRET_BYTES + 1))


KINDS = [fifo, unix_socket, large, lambda path: path.symlink_to("/dev/zero"), lambda path: path.mkdir()]


@pytest.mark.timeout(5)
@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_small_plain_file_is_refused_at_once(tmp_path, monkeypatch, problems, make):
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "x")
    for section, key in (("bettune", "token_file"), ("store", "url_file"), ("web", "token_file")):
        (line,) = problems(f'[{section}]\n{key} = "x"')
        assert f"syncd.toml:2: {section}.{key} names x, which" in line
    (line,) = problems('[store]\nurl = "postgresql://u@h/d"\npassword_file = "x"')
    assert "store.password_file names x, which" in line


@pytest.mark.timeout(5)
@pytest.mark.parametrize("make", [fifo, unix_socket, lambda path: path.symlink_to("/dev/zero")])
def test_so_is_a_config_file(tmp_path, make):
    make(tmp_path / "x")
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "x", {})


@pytest.mark.timeout(5)
@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "#" * 2_000_000])
def test_a_config_file_that_is_huge_or_deep_is_refused(tmp_path, text):
    (tmp_path / "x").write_text(text)
    with pytest.raises(ConfigError):
        load(tmp_path / "x", {})


def warned(path):
    return [each.subject for each in warnings_of(load_with_sources(path, {}))]


@pytest.mark.parametrize(("mode", "expected"), [(0o600, 0), (0o640, 0), (0o644, 1), (0o622, 1), (0o660, 1)])
def test_files_that_others_can_read_or_change_are_warned_of(tmp_path, mode, expected):
    config, secret = tmp_path / "syncd.toml", tmp_path / "token"
    secret.write_text("a-token")
    config.write_text(f'[bettune]\ntoken_file = "{secret}"')
    config.chmod(0o600)
    secret.chmod(mode)
    assert warned(config) == ["bettune.token_file"] * expected
    secret.chmod(0o600)
    config.write_text('[pinnacle]\npassword = "x"')
    config.chmod(mode)
    assert warned(config) == [str(config)] * expected
    messages = [each.message for each in warnings_of(load_with_sources(config, {}))]
    assert all(f"({mode:04o})" in each for each in messages)


def test_a_config_without_secrets_may_be_read_by_all(tmp_path):
    config = tmp_path / "syncd.toml"
    config.write_text("")
    config.chmod(0o644)
    assert warned(config) == []


def test_the_starter_file_and_its_new_folders_are_for_their_user_alone(tmp_path):
    tmp_path.chmod(0o755)
    before = os.umask(0o022)
    try:
        write_starter(tmp_path / "very" / "deep" / "syncd.toml")
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "very" / "deep" / "syncd.toml") == 0o600
    assert mode_of(tmp_path / "very") == mode_of(tmp_path / "very" / "deep") == 0o700
    assert mode_of(tmp_path) == 0o755


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://example.com", True),
        ("http://10.0.0.7:80/x", True),
        ("http://pinnacle:8080", True),
        ("https://example.com", False),
        ("http://127.0.0.1:8801", False),
        ("http://127.9.9.9", False),
        ("http://[::1]:80", False),
        ("http://localhost:80/v1", False),
    ],
)
def test_passwords_that_cross_a_network_in_the_clear_are_warned_of(tmp_path, url, clear):
    assert is_in_the_clear(url) is clear
    config = tmp_path / "syncd.toml"
    config.write_text(f'[bettune]\nbase_url = "{url}"')
    config.chmod(0o600)
    assert warned(config) == ["bettune.base_url"] * clear
