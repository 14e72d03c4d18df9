"""The page of uncertain links: both games side by side, accepted, rejected or replaced by one key each."""

from collections.abc import Mapping, Sequence
from typing import Final

from aiohttp import web

from syncd.linking import decisions
from syncd.linking.decisions import DecisionError, DecisionResult
from syncd.store.schema import HIGHEST_ID
from syncd.views.review import load_review
from syncd.views.review_choices import MatchChoice, load_taught, search_matches
from syncd.web.forms import see_other, sender_of, values_of
from syncd.web.json_response import json_of
from syncd.web.notices import Decision, Notice, Notices
from syncd.web.site import Site

PATH: Final = "review"
SHOWN_LINKS: Final = 50
"""Links on the page; the others follow when these are decided."""

UNDOABLE: Final = ("accept", "choose", "reject")


def routes(site: Site) -> Sequence[web.RouteDef]:
    """Return the routes of this page."""
    page = ReviewPage(site)
    return (
        web.get("/review", page.show),
        web.post("/review", page.decide),
        web.get("/api/v1/review", page.data),
    )


class ReviewPage:
    """Shows the links for review, and saves what users decide."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._notices = Notices()

    async def show(self, request: web.Request) -> web.Response:
        """Render the page. Raises `StoreError`."""
        daemon = self._site.daemon
        waiting = await load_review(daemon.store, daemon.settings, daemon.alias_file.in_force)
        notice = self._notices.get(request.query.get("said", ""))
        accepted = notice and not notice.failed and notice.decision.do in ("accept", "choose")
        searched = _id(request.query.get("event", ""))
        return await self._site.page(
            request,
            "review.html",
            topics=("time",),
            waiting=waiting[:SHOWN_LINKS],
            waiting_count=len(waiting),
            notice=notice,
            undoable=UNDOABLE,
            taught=await load_taught(daemon.store, notice.decision.event_id) if notice and accepted else [],
            searched=searched,
            search=request.query.get("search", "")[:100],
            choices=await self._choices(request, searched),
        )

    async def data(self, _: web.Request) -> web.Response:
        """Respond with the links for review as JSON, all of them. Raises `StoreError`."""
        daemon = self._site.daemon
        return json_of(await load_review(daemon.store, daemon.settings, daemon.alias_file.in_force))

    async def decide(self, request: web.Request) -> web.Response:
        """Save a decision, and lead back to the page. Raises `HTTPBadRequest` and `StoreError`."""
        sent = values_of(request)
        decision = _decision(sent)
        try:
            result = await self._decided(decision, force="force" in sent, by=sender_of(request))
            notice = Notice(decision=decision, sentences=result.sentences)
        except DecisionError as error:
            notice = Notice(decision=decision, sentences=(str(error),), failed=True)
        return see_other(request, PATH, {"said": self._notices.add(notice)})

    async def _choices(self, request: web.Request, event_id: int) -> list[MatchChoice]:
        if not event_id:
            return []
        daemon, text = self._site.daemon, request.query.get("search", "")[:100]
        return await search_matches(daemon.store, daemon.alias_file.in_force, event_id, text)

    async def _decided(self, decision: Decision, *, force: bool, by: str) -> DecisionResult:
        store, event_id, match_id = self._site.daemon.store, decision.event_id, decision.match_id
        match decision.do:
            case "accept" | "choose":
                return await decisions.link(store, event_id, match_id, force=force, by=by)
            case "reject":
                return await decisions.reject(store, event_id, match_id, by=by)
            case "undo-link":
                # A link that was taken back is rejected, so that it does not come back: that goes too.
                await decisions.unlink(store, event_id, by=by)
                return await decisions.unreject(store, event_id, match_id, by=by)
            case _:
                return await decisions.unreject(store, event_id, match_id, by=by)


def _decision(sent: Mapping[str, str]) -> Decision:
    """Read a form. Raises `HTTPBadRequest` if it is none of ours."""
    found = Decision(
        do=sent.get("do", ""), event_id=_id(sent.get("event", "")), match_id=_id(sent.get("match", ""))
    )
    known = (*UNDOABLE, "undo-link", "undo-reject")
    if found.do not in known or not (found.event_id and found.match_id):
        raise web.HTTPBadRequest(text="This form is of another version of syncd: open the page again.")
    return found


def _id(text: str) -> int:
    """Read an id; 0, which no id is, if it is none."""
    number = int(text[:20]) if text.isascii() and text.isdecimal() else 0
    return number if number <= HIGHEST_ID else 0
