"""Settings that work but may harm, or do nothing: open secrets, passwords in the clear, unknown services.

These are warnings. A program that refuses to start over them would leave its predictions active, and private
networks and test servers are honest reasons for `http://`.
"""

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from syncd.config.database_url import passwords_of
from syncd.config.load import LoadedSettings
from syncd.config.plain_file import others_may
from syncd.config.secret_files import SECRET_FILES
from syncd.config.settings import Settings
from syncd.config.sources import PASSWORD_FILE
from syncd.config.toml_file import at
from syncd.config.tree import dotted, walk
from syncd.runtime.notifier import faults_of


class ConfigWarning(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the user should change, and how."""

    subject: str
    """The dotted key, or the file."""
    message: str
    advice: str
    has_no_effect: bool = False
    """True if the setting does nothing as it is."""


def warnings_of(loaded: LoadedSettings) -> Iterator[ConfigWarning]:
    """Find everything of this kind."""
    yield from _in_the_clear(loaded.settings)
    yield from _open_secrets(loaded)
    yield from _unusable_notify_urls(loaded.settings)
    file = loaded.sources.file
    if reason := others_may(file.path, read=_has_secrets(loaded)):
        yield ConfigWarning(subject=str(file.path), message=reason, advice=f"chmod 600 {file.path}")


def _in_the_clear(settings: Settings) -> Iterator[ConfigWarning]:
    for key, url in (
        ("pinnacle.base_url", settings.pinnacle.base_url),
        ("bettune.base_url", settings.bettune.base_url),
    ):
        if is_in_the_clear(url):
            yield ConfigWarning(
                subject=key,
                message=f"{url} is not encrypted: others on the way can read the password and change prices",
                advice="write https://",
            )


def is_in_the_clear(url: str) -> bool:
    """Return whether requests to it cross a network without encryption."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True


def _open_secrets(loaded: LoadedSettings) -> Iterator[ConfigWarning]:
    for key in (*SECRET_FILES, PASSWORD_FILE):
        path = at(loaded.sources.tree, key)
        if isinstance(path, str) and path and (reason := others_may(Path(path), read=True)):
            yield ConfigWarning(subject=dotted(key), message=f"{path}: {reason}", advice=f"chmod 600 {path}")


def _unusable_notify_urls(settings: Settings) -> Iterator[ConfigWarning]:
    for place, reason in faults_of(settings.notify.addresses).items():
        yield ConfigWarning(
            subject=f"notify.urls[{place}]",
            message=f"{reason}: nobody is notified by it",
            advice="https://appriseit.com/services/ has the services and their addresses",
            has_no_effect=True,
        )


def _has_secrets(loaded: LoadedSettings) -> bool:
    """Return whether the config file itself contains a secret."""
    tree = loaded.sources.file.tree
    secrets = (key for key, node in walk() if node.is_secret and key != ("store", "url"))
    url = at(tree, ("store", "url"))
    return any(at(tree, key) for key in secrets) or (isinstance(url, str) and bool(passwords_of(url)))
