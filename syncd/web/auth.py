"""Who may see what: the Host header, the token, and the headers that keep a browser out of trouble.

On a loopback address nobody needs a token, but the request must have been sent to a loopback name:
a web page that lets its own name resolve to 127.0.0.1 ("DNS rebinding") could read ours otherwise.
On any other address everything but health, readiness and metrics takes the token. A request with
the right token is welcome by any name, as behind a reverse proxy.
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from hashlib import sha256

from aiohttp import web
from yarl import URL

from syncd.config.settings import WebSettings

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Probes carry no credentials. They tell figures and reasons, never a secret or a price."""

STATIC = "/static/"
COOKIE = "syncd_session"
MONTH = 30 * 24 * 3600

HEADERS = {
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
    """The Host header names somebody else."""


class TokenNeededError(web.HTTPUnauthorized):
    """No token, or a wrong one."""

    def __init__(self, *, wrong: bool) -> None:
        text = "That token is not right." if wrong else "A token is needed: web.token of the config."
        super().__init__(text=text, headers={"WWW-Authenticate": 'Bearer realm="syncd"'})


class Authenticator:
    """Lets a request in, or raises what the browser is told instead."""

    def __init__(self, bound: WebSettings, current: Callable[[], WebSettings]) -> None:
        self._bound = bound
        # Asked each time: a reloaded config may bring another.
        self._current = current

    @property
    def _token(self) -> str:
        return self._current().token.get_secret_value()

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The middleware."""
        given = _given(request)
        known = self._is_right(given)
        if not known:
            self._admit_stranger(request, wrong=bool(given))
        if known and "token" in request.query and request.path == "/":
            return self._remember(request)
        return await handler(request)

    def _is_right(self, given: str) -> bool:
        token = self._token
        if not token or not given:
            return False
        session = _session(token)
        # Both are compared, and as bytes: the time it takes must tell nothing.
        as_token = hmac.compare_digest(given.encode(), token.encode())
        return hmac.compare_digest(given.encode(), session.encode()) or as_token

    def _admit_stranger(self, request: web.Request, *, wrong: bool) -> None:
        if self._bound.is_local and self._is_our_name(request.headers.get("Host")):
            return
        if not self._bound.is_local and (request.path in OPEN or request.path.startswith(STATIC)):
            return
        if self._token:
            raise TokenNeededError(wrong=wrong)
        raise WrongHostError(text="Use this machine's own name (127.0.0.1 or localhost), or set web.token.")

    def _is_our_name(self, host: str | None) -> bool:
        if host is None:  # HTTP/1.0: no browser
            return True
        try:
            name = URL(f"http://{host}").host or ""
        except ValueError:
            return False
        return name == self._bound.host or _is_loopback(name)

    def _remember(self, request: web.Request) -> web.Response:
        """A token in an address stays in histories: trade it for a cookie, and take it away."""
        reply = web.Response(status=303, headers={"Location": "/"})
        reply.set_cookie(
            COOKIE,
            _session(self._token),
            max_age=MONTH,
            httponly=True,
            samesite="Strict",
            secure=request.secure or request.headers.get("X-Forwarded-Proto") == "https",
        )
        return reply


async def harden(request: web.Request, reply: web.StreamResponse) -> None:
    """Headers for every answer, errors too."""
    reply.headers.update(HEADERS)
    reply.headers.setdefault("Cache-Control", "no-store")


def _given(request: web.Request) -> str:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return credentials.strip()
    return request.query.get("token") or request.cookies.get(COOKIE, "")


def _session(token: str) -> str:
    """What the browser keeps in place of the token: good for the page, and nothing else."""
    return hmac.new(token.encode(), b"syncd web session", sha256).hexdigest()


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
