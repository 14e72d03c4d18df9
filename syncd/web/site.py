"""The things that the handlers of all pages share: the daemon, the status, and how a page is put together."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from syncd.app.daemon import Daemon
from syncd.app.reload import Reloader
from syncd.views.bets import Bets
from syncd.views.status_values import Status
from syncd.web.addresses import root_of, same_page, without
from syncd.web.auth import LET_IN
from syncd.web.forms import Forms
from syncd.web.layout import badge, navigation, templates
from syncd.web.live import Topic
from syncd.web.shared_status import SharedStatus

RECENT_S = 15.0
"""The badge and the counts of the navigation may be this old: no page waits for them to be loaded again."""

SHARED_TEMPLATES = ("base.html", "parts.html", "bet_state.html")


class Site:
    """All that a page needs."""

    def __init__(
        self,
        daemon: Daemon,
        status: SharedStatus,
        forms: Forms,
        bets: Bets,
        reloader: Reloader | None = None,
    ) -> None:
        self.daemon = daemon
        self.status = status
        self.forms = forms
        self.bets = bets
        self.reloader = reloader
        """Reads the config again; None where there is no config file, as in the demo."""
        self.paths: frozenset[str] = frozenset()
        """The paths that exist, which the navigation links to."""
        self._templates = templates()
        self._loaded: set[str] = set()

    async def page(
        self,
        request: web.Request,
        template: str,
        *,
        topics: Iterable[Topic] = (),
        status: Status | None = None,
        **values: Any,
    ) -> web.Response:
        """Render a page inside the frame. Raises `StoreError`.

        `topics` are what makes the script look for news. `status` is given by a page that shows more of it.
        """
        current = status or await self.status.recent(RECENT_S)
        await self._load(template)
        text = self._render(
            request,
            template,
            current,
            status=current,
            topics=" ".join(topics),
            may_change=self.forms.may_change(request),
            form_token=self.forms.token(request),
            **values,
        )
        return web.Response(text=text, content_type="text/html")

    async def _load(self, template: str) -> None:
        """Compile what a page is made of, once: in a thread, because that takes longer than a turn may."""
        missing = {template, *SHARED_TEMPLATES} - self._loaded
        if missing:
            await asyncio.to_thread(lambda: [self._templates.get_template(name) for name in missing])
            self._loaded |= missing

    def problem(
        self, request: web.Request, text: str, code: int, *, ask_for_token: bool = False
    ) -> web.Response:
        """Render a page that says what is wrong, with a form for the token if one is needed."""
        status = self.status.latest if request.get(LET_IN) else None
        page = self._render(
            request,
            "problem.html",
            status,
            text=text,
            ask_for_token=ask_for_token,
            query=without(request, "token"),
            again=same_page(request, without(request, "token")),
            topics="",
        )
        return web.Response(text=page, status=code, content_type="text/html")

    def _render(self, request: web.Request, template: str, current: Status | None, **values: Any) -> str:
        return self._templates.get_template(template).render(
            root=root_of(request),
            navigation=list(navigation(request.path, current, self.paths)) if current else [],
            badge=badge(current) if current else None,
            now=self.daemon.clock.now(),
            **values,
        )
