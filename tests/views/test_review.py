"""What waits for review, as a user sees it."""

from datetime import timedelta

from syncd.matching.aliases import Aliases
from syncd.views.review import load_review
from tests.linking.bench import bench
from tests.matching.games import SATURDAY, fixture, match
from tests.web.fixtures import settings_of

HOUR = timedelta(hours=1)


async def test_the_soonest_comes_first_each_with_its_runner_up_and_why_that_lies_behind(sqlite_url):
    async with bench(sqlite_url) as made:
        await made.bettune(
            match(10, "Arsenal", "Chelsea", at=SATURDAY + 26 * HOUR),
            match(11, "Arsenal", "Chelsea", at=SATURDAY + 22 * HOUR),
            match(12, "Arsenal W", "Chelsea W", at=SATURDAY + 24 * HOUR),
            match(20, "Everton", "Fulham"),
            match(21, "Fulham", "Brentford"),
        )
        await made.pinnacle(
            fixture(1, "Arsenal", "Chelsea", at=SATURDAY + 24 * HOUR), fixture(2, "Fulham", "Everton")
        )
        await made.decided()
        first, second = await load_review(made.store, settings_of(), Aliases())
        assert (first.link.event_id, first.link.match_id) == (2, 20)
        assert first.link.reason == "home and away are swapped"
        assert first.runner_up.id == 21
        assert first.behind == "names 1.00 / 0.00"
        assert {second.link.match_id, second.runner_up.id} == {10, 11}
        assert second.behind == "nearly as good a fit"
        assert [each.waiting for each in (first, second)] == [0, 0], "no filter is listed"
