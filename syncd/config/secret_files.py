"""Secrets from files, as Docker and Kubernetes mount them: `token_file = "/run/secrets/token"`."""

from pathlib import Path

from syncd.config.database_url import with_account
from syncd.config.plain_file import MAX_SECRET_BYTES, read_plain
from syncd.config.tree import Key

SECRET_FILES: dict[Key, Key] = {
    ("store", "url_file"): ("store", "url"),
    ("pinnacle", "password_file"): ("pinnacle", "password"),
    ("bettune", "token_file"): ("bettune", "token"),
    ("web", "token_file"): ("web", "token"),
}
"""The key that names a file -> the key of its content."""


class SecretFileError(Exception):
    """A secret file cannot be used. The message continues a sentence about it."""


def read_secret(path: Path) -> str:
    """Read the secret in a file, without the final line break. Raises `SecretFileError`."""
    try:
        secret = read_plain(path, MAX_SECRET_BYTES).rstrip("\r\n")
    except FileNotFoundError:
        raise SecretFileError("which does not exist") from None
    except IsADirectoryError:
        # Docker creates a directory if the source of a bind mount is missing.
        raise SecretFileError("which is a directory: is the secret mounted?") from None
    except PermissionError:
        raise SecretFileError("which this user may not read") from None
    except UnicodeDecodeError:
        raise SecretFileError("which is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise SecretFileError(f"which cannot be read ({reason})") from None
    if not secret.strip():
        raise SecretFileError("which is empty")
    return secret


def with_password(url: str, password: str) -> str:
    """A PostgreSQL address with this password. Raises `SecretFileError` if it has no user name."""
    complete = with_account(url, password) if url.startswith("postgres") else None
    if complete is None:
        raise SecretFileError("but store.url is no PostgreSQL address with a user name")
    return complete
