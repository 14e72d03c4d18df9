"""Forms that change something: who may send them, and from where.

A page of another site can make a browser send a form to us. It cannot read ours, so each form contains a
token that only our pages have; and browsers say whose page sends it, in headers that no page can set. The
rights are those of `web.token`; without one only this machine has them.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

import structlog
from aiohttp import web

from syncd.web.addresses import from_root
from syncd.web.auth import Authenticator, Handler, credential_text

log = structlog.get_logger(__name__)

FIELD: Final = "form_token"
MAX_FORM: Final = 8192
"""Bytes of a form."""

VALUES: Final = web.RequestKey("form", Mapping[str, str])


class ForeignFormError(web.HTTPForbidden):
    """Another site's page sent it, or one that was made before syncd was started."""

    def __init__(self, text: str) -> None:
        super().__init__(text=text)


class Forms:
    """Makes the tokens of forms, and checks what is sent."""

    def __init__(self, authenticator: Authenticator, secret: bytes) -> None:
        """`secret` is known to this process alone."""
        self._authenticator = authenticator
        self._secret = secret

    def may_change(self, request: web.Request) -> bool:
        """Return whether the sender of this request may change something."""
        return self._authenticator.may_change(request)

    def token(self, request: web.Request) -> str:
        """Make the token for the forms of a page, valid for this session until syncd ends."""
        session = credential_text(request).encode(errors="backslashreplace")
        return hmac.new(self._secret, b"form " + session, sha256).hexdigest()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check a form before its handler gets it. Raises `ForeignFormError`."""
        is_form = request.method == "POST" and request.match_info.http_exception is None
        if is_form:
            request[VALUES] = await self._checked(request)
            log.info("page_form", path=request.path, by=sender_of(request))
        return await handler(request)

    async def _checked(self, request: web.Request) -> dict[str, str]:
        if not is_own_page(request):
            raise ForeignFormError("Another site's page sent this form: nothing was changed.")
        sent = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        if not hmac.compare_digest(sent.pop(FIELD, "").encode(), self.token(request).encode()):
            raise ForeignFormError(
                "Nothing was changed: this form is older than syncd's last start or your login. "
                "Open the page again and repeat it."
            )
        return sent


def is_own_page(request: web.Request) -> bool:
    """Return whether a page of ours sent it, or a program: by the headers that no page can set."""
    if sites := request.headers.getall("Sec-Fetch-Site", []):
        return sites == ["same-origin"]
    # Browsers leave that out over plain HTTP to another machine, but say where the page is from.
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    own = {request.headers.get("Host", ""), request.headers.get("X-Forwarded-Host", "")} - {""}
    return origin.partition("://")[2] in own


def values_of(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form that was checked."""
    return request[VALUES]


def sender_of(request: web.Request) -> str:
    """Return who sent it, for log and activity."""
    return f"page {request.remote or 'unknown'}"


def see_other(request: web.Request, path: str, query: Mapping[str, str] | None = None) -> web.Response:
    """Lead to a page after a form: loading that one again sends nothing twice."""
    return web.Response(status=303, headers={"Location": from_root(request, path, query)})
