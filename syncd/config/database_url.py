"""The address of a database as users write it: its parts, and how it is shown.

Passwords are often pasted as they are, with `#`, `/`, `?` or `@` in them, where a URL has `%23`. The parsers
of Python and SQLAlchemy then take a part of the password for the host or the path, and show it. So the
account reaches to the last `@` here, and `normalise` writes it as a URL has it.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

MASK: Final = "***"

_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_NOT_ENCODED: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9._~%!$&'()*+,;=-]")

_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_PORT: Final = re.compile(r"^(\[[^\]]*\]|[^:]*):?")
"""The part before the port of a host, which may be an IPv6 address in brackets."""

SHOWN_OPTIONS: Final = frozenset(
    {
        *("application_name", "command_timeout", "dbname", "direct_tls", "host", "mode", "port"),
        *("prepared_statement_cache_size", "ssl", "sslmode", "statement_cache_size"),
        *("target_session_attrs", "timeout", "user"),
    }
)
"""Options after the `?` whose values may be shown; any other, such as `password`, may be a secret."""


class DatabaseUrlParts(NamedTuple):
    """The parts of an address."""

    scheme: str
    account: str
    """`user:password` as written; empty if there is none."""
    rest: str
    """Host, path and options."""

    @property
    def user(self) -> str:
        """The user as written."""
        return self.account.partition(":")[0]

    @property
    def password(self) -> str:
        """The password as written; empty if there is none."""
        return self.account.partition(":")[2]

    @property
    def options(self) -> str:
        """The part behind the `?`."""
        return self.rest.partition("?")[2]


def split(url: str) -> DatabaseUrlParts | None:
    """Split an address; None if it is none."""
    match = _URL.fullmatch(url)
    if match is None:
        return None
    scheme, rest = match["scheme"], match["rest"]
    if scheme.lower().startswith("sqlite"):  # a file: `@` is a part of its name
        return DatabaseUrlParts(scheme, "", rest)
    account, _, rest = rest.rpartition("@")
    return DatabaseUrlParts(scheme, account, rest)


def unusable(url: str) -> str:
    """Say why a PostgreSQL address cannot be used, without showing it; empty if nothing is wrong with it."""
    parts = split(url)
    if parts is None or parts.scheme.lower().startswith("sqlite"):
        return ""
    if _BROKEN_ESCAPE.search(f"{parts.account}?{parts.options}"):
        return "with a % that begins no escape: write %25 for it"
    place = parts.rest.partition("/")[0]
    options = dict(parse_qsl(parts.options))
    hosts = options.get("host", "").split(",")
    ports = [_PORT.sub("", each) for each in [place, *hosts] if not each.startswith("/")]
    if not all(map(_is_port, [*ports, *options.get("port", "").split(",")])):
        return "with a port that is not from 1 to 65535"
    return ""


def normalise(url: str) -> str:
    """Encode what is not allowed in user and password; anything else stays as it is."""
    parts = split(url)
    if parts is None or not parts.account:
        return url
    user, colon, password = parts.account.partition(":")
    return f"{parts.scheme}://{_encode(user)}{colon}{_encode(password)}@{parts.rest}"


def with_account(url: str, password: str) -> str | None:
    """Put a password into an address; None if it has no user name."""
    parts = split(url)
    if parts is None or not parts.user:
        return None
    return f"{parts.scheme}://{_encode(parts.user)}:{quote(password, safe='')}@{parts.rest}"


def masked_url(url: str) -> str:
    """The address without password, and without options that may be one."""
    parts = split(url)
    if parts is None:
        return MASK if url else ""
    account = f"{parts.user}:{MASK}@" if parts.password else f"{parts.user}@" if parts.account else ""
    place, mark, options = parts.rest.partition("?")
    shown = "&".join(_masked_option(each) for each in options.split("&"))
    return f"{parts.scheme}://{account}{place}{mark}{shown}"


def passwords_of(url: str) -> tuple[str, ...]:
    """Every password in an address, as written there and decoded."""
    parts = split(url)
    if parts is None:
        return ()
    found = [parts.password, unquote(parts.password)]
    for option in parts.options.split("&"):
        if _may_be_secret(option):
            found += [option.partition("=")[2], *(value for _, value in parse_qsl(option))]
    return tuple(dict.fromkeys(filter(None, found)))


def _masked_option(option: str) -> str:
    return f"{option.partition('=')[0]}={MASK}" if _may_be_secret(option) else option


def _may_be_secret(option: str) -> bool:
    name, equals, _ = option.partition("=")
    return bool(equals) and unquote(name).lower() not in SHOWN_OPTIONS


def _encode(text: str) -> str:
    return _NOT_ENCODED.sub(lambda found: quote(found[0], safe=""), text)


def _is_port(text: str) -> bool:
    """Return whether it is one that can exist; an empty one stands for the usual one."""
    return not text or (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65535)
