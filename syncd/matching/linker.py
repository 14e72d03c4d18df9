"""The linker: events and matches go in, links come out, and only what changed is decided again."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec

from syncd.matching import unlinkable
from syncd.matching.aliases import Aliases
from syncd.matching.assignment import assign, is_by_elimination
from syncd.matching.block import Block, BlockSettings, PriorLinks
from syncd.matching.knowledge import Knowledge, shipped
from syncd.matching.lesson import Lesson
from syncd.matching.memory import Memory, country_of, lessons_of, team_scope
from syncd.matching.parameters import HOURS_APART_S, MIN_CONFIDENCE_CHANGE
from syncd.matching.records import Fixture, Record, RecordBuilder, Team
from syncd.matching.scoring import KickoffWeights
from syncd.matching.translated_names import TranslatedName, UnknownName, names_of
from syncd.model.bettune import Match
from syncd.model.link import Link, LinkState


class LinkChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of one decision: links that are new or differ, and events that lost their link."""

    links: tuple[Link, ...] = ()
    gone: tuple[int, ...] = ()
    broken: tuple[Link, ...] = ()
    """Links that carried predictions and no longer do, as they were; for the user to know."""


class Linker:
    """Links Pinnacle's events to BetTune's matches, in memory and without I/O.

    Report what changed (`put_*`, `drop_*`, `confirm`, `reject`, `learn`, ...), then exhaust `decide`. The
    links depend on what was reported, not on its order, except that an existing link has an advantage.
    """

    def __init__(
        self, *, tolerance: timedelta, aliases: Aliases | None = None, knowledge: Knowledge | None = None
    ) -> None:
        known = knowledge or shipped()
        self._clubs = known.clubs
        self._settings = BlockSettings(
            knowledge=known, aliases=aliases or Aliases(), kickoffs=KickoffWeights(tolerance)
        )
        self._records = RecordBuilder(known)
        self._memory = Memory()
        self._blocks: dict[str, Block] = {}
        self._dirty: set[str] = set()
        self._fixtures: dict[int, Fixture] = {}
        self._matches: dict[int, Match] = {}
        self._event_records: dict[int, Record] = {}
        self._match_records: dict[int, Record] = {}
        self._confirmed: dict[int, int] = {}
        self._rejected: set[tuple[int, int]] = set()
        self._links: dict[int, Link] = {}
        self._unproven: dict[int, tuple[tuple[Team, Team], ...]] = {}

    def prepare(self) -> None:
        """Index the whole table of clubs: the first international game would take a tenth of a second for it.

        Raises `ClubTableError`.
        """
        self._clubs.of_all()

    @property
    def links(self) -> Mapping[int, Link]:
        """All links as last decided, by event id."""
        return self._links

    # --- The two lists ---------------------------------------------------------------------------

    def put_fixtures(self, fixtures: Iterable[Fixture]) -> None:
        """Add events that are new or changed."""
        for fixture in fixtures:
            if self._fixtures.get(fixture.event.id) != fixture:
                self._put_fixture(fixture)

    def _put_fixture(self, fixture: Fixture) -> None:
        event_id = fixture.event.id
        record = self._records.of_event(fixture)
        before = self._event_records.get(event_id)
        linkable = not unlinkable.reason(fixture.event, fixture.league)
        was_linkable = before is not None and event_id in self._block_of(before).events
        self._fixtures[event_id], self._event_records[event_id] = fixture, record
        if before is not None and was_linkable == linkable and _differ_in_prices_only(before, record):
            if linkable:
                self._block_of(record).events[event_id] = record
                self._mark_if_twin(record)
            return
        if before is not None:
            self._block_of(before).events.pop(event_id, None)
            self._mark_event(event_id, before)
        if linkable:
            self._block_of(record).events[event_id] = record
        self._mark_event(event_id, record)

    def drop_fixtures(self, event_ids: Iterable[int]) -> None:
        """Drop events that are gone or settled."""
        for event_id in event_ids:
            record = self._event_records.pop(event_id, None)
            if record is not None:
                del self._fixtures[event_id]
                self._block_of(record).events.pop(event_id, None)
                self._mark_event(event_id, record)

    def put_matches(self, matches: Iterable[Match]) -> None:
        """Add matches that are new or changed; only names, ids and the date count."""
        for match in matches:
            if self._matches.get(match.id) != match:
                record = self._records.of_match(match)
                if record != self._match_records.get(match.id):
                    self._replace_match(match, record)
                self._matches[match.id] = match

    def _replace_match(self, match: Match, record: Record) -> None:
        self.drop_matches([match.id])
        self._match_records[match.id] = record
        if not any(unlinkable.names_no_team(side.name) for side in (match.home, match.away)):
            self._block_of(record).matches[match.id] = record
        self._mark_match(match.id, record)

    def drop_matches(self, match_ids: Iterable[int]) -> None:
        """Drop matches that are gone."""
        for match_id in match_ids:
            self._matches.pop(match_id, None)
            record = self._match_records.pop(match_id, None)
            if record is not None:
                self._block_of(record).matches.pop(match_id, None)
                self._mark_match(match_id, record)

    def put_translations(self, names: Iterable[TranslatedName]) -> None:
        """Add Pinnacle's own translations of team names: its events of these names are read again."""
        translations = names_of(names)
        self._records.translate(translations)
        for event_id, record in list(self._event_records.items()):
            country = record.competition.country
            if any((country, team.name.text) in translations for team in (record.home, record.away)):
                self._put_fixture(self._fixtures[event_id])

    def unknown_names(self) -> list[UnknownName]:
        """Return the names of Pinnacle's, the soonest kick-off first, that share nothing with any match.

        Each is the name of an event that waits, at the time of a match that waits. Call it between decisions.
        """
        found: dict[tuple[str, str], UnknownName] = {}
        linked = {
            link.event_id: link.match_id for link in self._links.values() if link.state.carries_predictions
        }
        for country in self._blocks.keys() - self._dirty:
            for unknown in self._blocks[country].unknown_names(linked, partial(self._knows, country)):
                key = unknown.country, unknown.name
                found[key] = min(unknown, found.get(key, unknown), key=lambda each: each.kickoff)
        return sorted(found.values(), key=lambda each: (each.kickoff, each.country, each.name))

    def _knows(self, country: str, team: Team) -> bool:
        return bool(self._memory.support("team", team_scope(country, team), team.lesson_name, at=0.0))

    # --- Decisions of users, and memory ----------------------------------------------------------

    def restore(self, links: Iterable[Link]) -> None:
        """Take over links of an earlier run: automatic ones exist already, confirmed ones are decisions."""
        for link in links:
            self._links[link.event_id] = link
            if link.state is LinkState.CONFIRMED:
                self._confirmed[link.event_id] = link.match_id

    def confirm(self, event_id: int, match_id: int) -> None:
        """Record a user's decision that these are one game: it beats everything."""
        self._rejected.discard((event_id, match_id))
        self._mark_pair(event_id, match_id)
        self._confirmed[event_id] = match_id
        self._mark_pair(event_id, match_id)

    def unconfirm(self, event_id: int) -> None:
        """Take a user's link back; the event is decided like any other."""
        match_id = self._confirmed.pop(event_id, None)
        if match_id is not None:
            self._links.pop(event_id, None)
            self._mark_pair(event_id, match_id)

    def reject(self, event_id: int, match_id: int) -> None:
        """Record a user's decision that these are not one game."""
        if self._confirmed.get(event_id) == match_id:
            self.unconfirm(event_id)
        self._rejected.add((event_id, match_id))
        self._mark_pair(event_id, match_id)

    def unreject(self, event_id: int, match_id: int) -> None:
        """Take a rejection back."""
        self._rejected.discard((event_id, match_id))
        self._mark_pair(event_id, match_id)

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Add lessons to memory; those of an event replace what it taught before."""
        self._dirty |= {country_of(scope) for scope in self._memory.learn(lessons)}

    def forget(self, event_ids: Iterable[int]) -> None:
        """Drop all that these events taught."""
        self._dirty |= {country_of(scope) for scope in self._memory.forget(event_ids)}

    def lessons(self, link: Link) -> tuple[Lesson, ...]:
        """Return what a link teaches now, to be stored in place of all that its event taught."""
        event, match = self._event_records.get(link.event_id), self._match_records.get(link.match_id)
        if event is None or match is None:
            return ()
        event = self._block_of(event).events_as_read.get(link.event_id, event)
        return lessons_of(link, event, match, self._unproven.get(link.event_id, ()))

    # --- Deciding --------------------------------------------------------------------------------

    def decide(self, now: datetime) -> Iterator[LinkChanges]:
        """Decide every country that changed, one a step, so that the caller can yield in between.

        A step is computed when it is requested. What is not requested is decided the next time.
        """
        while self._dirty:
            country = min(self._dirty)
            changes = self._decide(country, now)
            self._dirty.discard(country)
            if changes.links or changes.gone:
                yield changes

    def _decide(self, country: str, now: datetime) -> LinkChanges:
        block = self._blocks.setdefault(country, Block(country, self._settings))
        existing = self._existing(block)
        confirmed = {event: match for event, match in self._confirmed.items() if event in self._event_records}
        prior = PriorLinks(
            existing=existing,
            eliminated={event_id for event_id in existing if is_by_elimination(self._links[event_id])},
            rejected=self._rejected,
            taken_events=self._confirmed.keys(),
            taken_matches=set(confirmed.values()),
        )
        scored = block.score(self._memory, prior)
        links = assign(scored, now) | self._confirmed_links(country, confirmed, now)
        for event_id, ranked in scored.by_event.items():
            self._set_unproven(event_id, ranked.best.unproven if ranked.best and event_id in links else ())
        return self._apply(country, links)

    def _existing(self, block: Block) -> dict[int, int]:
        """Return event and match of the automatic links that are favoured."""
        return {
            event_id: link.match_id
            for event_id, event in block.events.items()
            if (link := self._links.get(event_id))
            and link.state is LinkState.AUTO
            and not self._has_better_event(event, link.match_id, block)
        }

    def _has_better_event(self, event: Record, match_id: int, block: Block) -> bool:
        """Return whether another event of the same teams has the match's time, while this one is hours off.

        The teams meet twice in a few days, and the right event was listed later than the match.
        """
        match = self._match_records.get(match_id)
        if match is None or abs(event.kickoff - match.kickoff) <= HOURS_APART_S:
            return False
        return any(
            abs(other.kickoff - match.kickoff) <= HOURS_APART_S
            and other.same_teams(event)
            and other.id not in self._confirmed
            and (other.id, match_id) not in self._rejected
            for other in block.events.values()
        )

    def _set_unproven(self, event_id: int, teams: tuple[tuple[Team, Team], ...]) -> None:
        if teams:
            self._unproven[event_id] = teams
        else:
            self._unproven.pop(event_id, None)

    def _confirmed_links(self, country: str, confirmed: Mapping[int, int], now: datetime) -> dict[int, Link]:
        return {
            event_id: Link(
                event_id=event_id,
                match_id=match_id,
                state=LinkState.CONFIRMED,
                confidence=1.0,
                reason="linked by a user",
                decided_at=now,
            )
            for event_id, match_id in confirmed.items()
            if self._event_records[event_id].competition.country == country
            and match_id in self._match_records
        }

    def _apply(self, country: str, links: Mapping[int, Link]) -> LinkChanges:
        """Replace the links of one country and return what changed."""
        changed = tuple(link for link in links.values() if _differs(self._links.get(link.event_id), link))
        gone = tuple(
            event_id for event_id in self._links if event_id not in links and self._is_of(event_id, country)
        )
        broken = tuple(
            before
            for event_id in (*gone, *(link.event_id for link in changed))
            if (before := self._links.get(event_id)) and _breaks(before, links.get(event_id))
        )
        for link in changed:
            self._links[link.event_id] = link
        for event_id in gone:
            del self._links[event_id]
            self._set_unproven(event_id, ())
        return LinkChanges(links=changed, gone=gone, broken=broken)

    def _is_of(self, event_id: int, country: str) -> bool:
        """Return whether this country decides on the event: it belongs to it, or is gone."""
        record = self._event_records.get(event_id)
        return record is None or record.competition.country == country

    # --- Marking countries to decide again -------------------------------------------------------

    def _block_of(self, record: Record) -> Block:
        country = record.competition.country
        block = self._blocks.get(country)
        if block is None:
            block = self._blocks[country] = Block(country, self._settings)
        return block

    def _mark_event(self, event_id: int, record: Record) -> None:
        self._dirty.add(record.competition.country)
        match_id = self._confirmed.get(event_id)
        if match_id is not None:
            self._mark_pair(event_id, match_id)

    def _mark_match(self, match_id: int, record: Record) -> None:
        self._dirty.add(record.competition.country)
        for event_id, confirmed in self._confirmed.items():
            if confirmed == match_id:
                self._mark_pair(event_id, match_id)

    def _mark_if_twin(self, record: Record) -> None:
        """Mark the country if prices matter, which they do only among twins: they come and go all day."""
        others = self._block_of(record).events.values()
        if any(other.id != record.id and other.is_twin_of(record) for other in others):
            self._dirty.add(record.competition.country)

    def _mark_pair(self, event_id: int, match_id: int) -> None:
        records = self._event_records.get(event_id), self._match_records.get(match_id)
        self._dirty |= {record.competition.country for record in records if record is not None}


def _differ_in_prices_only(before: Record, record: Record) -> bool:
    return msgspec.structs.replace(before, priced=record.priced) == record


def _differs(before: Link | None, link: Link) -> bool:
    if before is None or (before.match_id, before.state) != (link.match_id, link.state):
        return True
    if before.runner_up != link.runner_up or _stable_evidence(before) != _stable_evidence(link):
        return True
    return abs(before.confidence - link.confidence) > MIN_CONFIDENCE_CHANGE


def _stable_evidence(link: Link) -> list[str]:
    """Return the evidence as text, without the league, whose count of links moves with every other link."""
    return [piece.text for piece in link.evidence if piece.kind != "league"]


def _breaks(before: Link, after: Link | None) -> bool:
    if not before.state.carries_predictions:
        return False
    return after is None or after.match_id != before.match_id or not after.state.carries_predictions
