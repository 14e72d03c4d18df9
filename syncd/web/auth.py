"""Access control: the Host header, the token, and the headers that protect a browser.

On a loopback address no token is needed, but the request must have been sent to a loopback name:
otherwise a web page whose own name resolves to 127.0.0.1 ("DNS rebinding") could read ours.
On any other address everything but health, readiness and metrics needs the token. A request with
the right token is accepted under any name, as behind a reverse proxy. What changes something needs the token
wherever the config has one. Where no token is needed, none is checked, so that nothing shows a right one from
a wrong one; but a browser may log in there, to make changes.
"""

import hmac
import ipaddress
import math
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final, NamedTuple

from aiohttp import web
from yarl import URL

from syncd.config.settings import WebSettings
from syncd.web.addresses import (
    FIRST_LEVEL,
    PROBE_AND_METRIC_PATHS,
    STATIC_PREFIX,
    from_root,
    is_page,
    root_of,
    same_page,
    without,
)
from syncd.web.guesses import Guesses

LET_IN: Final = web.RequestKey("let_in", bool)
"""Set on a request that may see everything."""

NEXT: Final = "next"
"""Parameter of a login: the page to go to, below the first one."""

COOKIE_NAME = "syncd_session"
COOKIE_MAX_AGE_S = 30 * 24 * 3600

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "syncd",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WrongHostError(web.HTTPMisdirectedRequest):
    """The Host header names another machine."""


class TokenNeededError(web.HTTPUnauthorized):
    """The token is missing or wrong."""

    def __init__(self, *, wrong: bool) -> None:
        text = "The token is wrong." if wrong else "A token is needed: web.token of the config."
        super().__init__(text=text, headers={"WWW-Authenticate": 'Bearer realm="syncd"'})


class GuessesError(web.HTTPTooManyRequests):
    """Too many wrong tokens came from there: this one was not checked."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(
            text="Too many wrong tokens; this one was not checked. Try again in a moment.",
            headers={"Retry-After": str(max(1, math.ceil(wait_s)))},
        )


class Credential(NamedTuple):
    """The proof that a request shows to be let in."""

    text: str
    is_session: bool
    """It is the browser's cookie, which is not the token and is not accepted in its place."""


class Authenticator:
    """Accepts a request, or raises the error that the browser gets."""

    def __init__(self, bound: WebSettings, current: Callable[[], WebSettings], guesses: Guesses) -> None:
        self._bound = bound
        # Called for each request: a reloaded config may have another token.
        self._current = current
        self._guesses = guesses

    @property
    def _token(self) -> str:
        return self._current().token.get_secret_value()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check the request. Raises `TokenNeededError`, `GuessesError` or `WrongHostError`."""
        if self._is_open(request) and not self._needs_token(request):
            request[LET_IN] = self._bound.is_local
            return await handler(request)
        credential = _credential(request)
        if not self._token:
            raise WrongHostError(
                text="Use this machine's own name (127.0.0.1 or localhost), or set web.token."
            )
        if credential is None:
            raise TokenNeededError(wrong=False)
        self._check(credential, request.remote or "")
        if _is_login(request):
            return self._token_to_cookie(request)
        request[LET_IN] = True
        return await handler(request)

    def may_change(self, request: web.Request) -> bool:
        """Return whether the sender may change something: who has the token, or without one, this machine."""
        if not self._token:
            return self._bound.is_local
        credential = _credential(request)
        if credential is None:
            return False
        try:
            self._check(credential, request.remote or "")
        except (TokenNeededError, GuessesError):
            return False
        return True

    def _needs_token(self, request: web.Request) -> bool:
        """Return whether this one needs the token though reading needs none: a change, or a login."""
        return bool(self._token) and (request.method not in ("GET", "HEAD") or _is_login(request))

    def _check(self, credential: Credential, address: str) -> None:
        if wait_s := self._guesses.wait_s(address):
            raise GuessesError(wait_s)
        expected = _session(self._token) if credential.is_session else self._token
        # In constant time: the duration must reveal nothing.
        if not hmac.compare_digest(_bytes(credential.text), _bytes(expected)):
            self._guesses.wrong(address)
            raise TokenNeededError(wrong=True)
        self._guesses.right(address)

    def _is_open(self, request: web.Request) -> bool:
        """Return whether no token is needed: for a local reader, and for what everybody may see."""
        if self._bound.is_local:
            return self._is_own_name(request.headers.get("Host"))
        # Probes carry no credentials. They show figures and reasons, never a secret or a price.
        return request.path in PROBE_AND_METRIC_PATHS or request.path.startswith(STATIC_PREFIX)

    def _is_own_name(self, host: str | None) -> bool:
        if host is None:  # HTTP/1.0, so not a browser
            return True
        try:
            name = URL(f"http://{host}").host or ""
        except ValueError:
            return False
        return name == self._bound.host or _is_loopback(name)

    def _token_to_cookie(self, request: web.Request) -> web.Response:
        """Replace a token in the address, which browsers keep in their history, by a cookie.

        A cookie without a path is for all pages beside the one that sets it, below whatever path of a proxy:
        so a page of a lower level hands over to the first one.
        """
        if root_of(request) != FIRST_LEVEL:
            page = same_page(request, without(request, "token")).removeprefix("./")
            below = request.rel_url.raw_path.lstrip("/").rpartition("/")[0]
            to_first = {"token": request.query["token"], NEXT: f"{below}/{page}"}
            return web.Response(status=303, headers={"Location": from_root(request, "", to_first)})
        response = web.Response(status=303, headers={"Location": _after_login(request)})
        response.set_cookie(
            COOKIE_NAME,
            _session(self._token),
            path="",
            max_age=COOKIE_MAX_AGE_S,
            httponly=True,
            samesite="Strict",
            secure=request.secure or request.headers.get("X-Forwarded-Proto") == "https",
        )
        return response


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that every response has, errors too."""
    response.headers.update(SECURITY_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


def credential_text(request: web.Request) -> str:
    """Return the proof that a request shows, or an empty text: what distinguishes its session."""
    credential = _credential(request)
    return credential.text if credential else ""


def _is_login(request: web.Request) -> bool:
    return "token" in request.query and request.method == "GET" and is_page(request.path)


def _after_login(request: web.Request) -> str:
    """Return the page that was asked for, which is one of ours whatever the parameter says."""
    if target := request.query.get(NEXT):
        return f"./{URL(target.lstrip('/'), encoded=False)}"
    return same_page(request, without(request, "token", NEXT))


def _credential(request: web.Request) -> Credential | None:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return Credential(credentials.strip(), is_session=False)
    if token := request.query.get("token"):
        return Credential(token, is_session=False)
    session = request.cookies.get(COOKIE_NAME)
    return Credential(session, is_session=True) if session else None


def _bytes(text: str) -> bytes:
    """Encode a text, also one with bytes that are no UTF-8: a header may contain any."""
    return text.encode(errors="backslashreplace")


def _session(token: str) -> str:
    """Derive the value that the browser keeps in place of the token: valid for the pages only."""
    return hmac.new(token.encode(), b"syncd web session", sha256).hexdigest()


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
