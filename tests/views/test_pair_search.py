"""A match is found by whatever syncd prints of it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from syncd.model.bettune import Named
from syncd.model.link import Link, LinkState
from syncd.store import catalogue, events, links
from syncd.store.engine import Store
from syncd.views.formatting import moment, short_moment
from syncd.views.pair_search import UnknownError, find_match
from tests.web.fixtures import event, match

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
KICKOFF = NOW + timedelta(hours=5)
LATER = KICKOFF + timedelta(days=1)


def named(listed, home, away):
    return msgspec.structs.replace(
        listed, home=Named(listed.id * 10, home), away=Named(listed.id * 10 + 1, away)
    )


@pytest.fixture
async def conn(store: Store):
    bristol = named(match(100, at=KICKOFF), "Bristol City", "Queens Park R.")
    again = named(match(101, at=LATER), "Bristol City", "Queens Park R. Women")
    twins = [named(match(each, at=at), "Ajax", "PSV") for each, at in ((102, KICKOFF), (103, LATER))]
    dashed = named(match(104, at=KICKOFF), "Al - Ahly", "Zamalek")
    at_pinnacle = event(7, at=KICKOFF)
    at_pinnacle = msgspec.structs.replace(
        at_pinnacle, event=msgspec.structs.replace(at_pinnacle.event, home="Bristol City", away="QPR")
    )
    link = Link(event_id=7, match_id=100, state=LinkState.AUTO, confidence=1.0, decided_at=NOW)
    async with store.write() as connection:
        await catalogue.replace_days(
            connection, {KICKOFF.date(): [bristol, twins[0], dashed], LATER.date(): [again, twins[1]]}, NOW
        )
        await events.save(connection, [at_pinnacle])
        await links.save(connection, [link], NOW)
        yield connection


@pytest.mark.parametrize(
    "text",
    [
        "100",
        "match 100",
        "event 7",
        "7",
        "Bristol City v QPR",
        "bristol city - qpr",
        "Bristol City vs QPR",
        "QPR",
        "Bristol City v Queens Park R.",
        "Bristol City - Queens Park R.",
        f"Bristol City v QPR, {moment(KICKOFF)} UTC",
        f"{short_moment(KICKOFF)} Bristol City v Queens Park R.",
        "Bristol City v QPR (event 7, England - Championship)",
        "Bristol City v Queens Park R. (id 100)",
        "Bristol City v Queens Park R. (match 100, Championship, Sat 14 Mar 14:30 UTC)",
    ],
)
async def test_every_form_in_which_it_is_shown_finds_it(conn, text):
    assert (await find_match(conn, text, NOW)).id == 100


async def test_a_kick_off_chooses_among_games_of_the_same_teams(conn):
    assert (await find_match(conn, f"Ajax v PSV {moment(LATER)} UTC", NOW)).id == 103
    assert (await find_match(conn, f"Ajax - PSV ({short_moment(KICKOFF)})", NOW)).id == 102
    with pytest.raises(UnknownError, match=f"102 .*{moment(KICKOFF)}.*103 .*{moment(LATER)}"):
        await find_match(conn, "Ajax v PSV", NOW)


async def test_a_name_with_a_dash_is_one_name(conn):
    assert (await find_match(conn, "Al - Ahly - Zamalek", NOW)).id == 104
    assert (await find_match(conn, "al - ahly", NOW)).id == 104


@pytest.mark.parametrize("text", ["999", "event 8", "Nobody v QPR", "QPR v Bristol City", "9" * 5000])
async def test_what_is_no_match_is_refused(conn, text):
    with pytest.raises(UnknownError):
        await find_match(conn, text, NOW)
