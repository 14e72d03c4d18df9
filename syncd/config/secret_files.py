"""Secrets from files, as Docker and Kubernetes mount them: `token_file = "/run/secrets/token"`."""

from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

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
        secret = path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        raise SecretFileError("which does not exist") from None
    except IsADirectoryError:
        # Docker creates a directory if the source of a bind mount is missing.
        raise SecretFileError("which is a directory: is the secret mounted?") from None
    except PermissionError:
        raise SecretFileError("which this user may not read") from None
    except UnicodeDecodeError:
        raise SecretFileError("which is not UTF-8 text") from None
    except OSError as error:
        raise SecretFileError(f"which cannot be read ({error.strerror})") from None
    if not secret.strip():
        raise SecretFileError("which is empty")
    return secret


def with_password(url: str, password: str) -> str:
    """A PostgreSQL address with this password. Raises `SecretFileError` if it has no user name."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    user = account.partition(":")[0]
    if not parts.scheme.startswith("postgres") or not at or not user:
        raise SecretFileError("but store.url is no PostgreSQL address with a user name")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
