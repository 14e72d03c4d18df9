"""The demo as strangers see it, and how it measures."""

import asyncio
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from socket import socket
from tempfile import gettempdir

import pytest
from rich.console import Console
from rich.text import Text

from syncd.demo.changes import ChangeTracker, TrackedChange
from syncd.demo.columns import Column, lines
from syncd.demo.session import DemoOptions, DemoSession
from syncd.demo.setup import is_free
from syncd.model.bettune import Pair
from syncd.simulator.game import SimulatedGame
from syncd.simulator.oracle_check import OracleCheck
from syncd.simulator.random_events import WorldChange
from syncd.simulator.sandbox import HOST, Sandbox
from syncd.web.server import serve
from tests.support.sandbox import HandClock

WIDTH = 80


@pytest.fixture
def watch(sandbox: Sandbox) -> ChangeTracker:
    """BetTune holds exactly what it ought to."""
    agreement = OracleCheck(sandbox)
    for pair, odds in agreement.oracle.wanted(sandbox.bettune.account.filters).items():
        sandbox.bettune.account.put(pair, odds)
    watch = ChangeTracker(sandbox, agreement.oracle)
    watch.begin()
    return watch


def moved(sandbox: Sandbox, watch: ChangeTracker, game: SimulatedGame) -> None:
    assert sandbox.world.move(game, by=0.3)
    watch.look([WorldChange(at=sandbox.world.now(), kind="move", game=game, text="")])


def write_all(sandbox: Sandbox) -> None:
    for pair, (wanted, _) in OracleCheck(sandbox).check().differences.items():
        if wanted is None:
            sandbox.bettune.account.delete(pair)
        else:
            sandbox.bettune.account.put(pair, wanted)


def only(watch: ChangeTracker) -> TrackedChange:
    [story] = [story for story in watch.finished() if any(not each.overtaken for each in story.expected)]
    return story


async def test_nine_seconds_of_it_end_with_a_check_that_holds():
    out = io.StringIO()
    before = set(Path(gettempdir()).glob("syncd-demo-*"))
    with socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        show = DemoSession(
            DemoOptions(span=timedelta(seconds=9), port=port), Console(file=out, width=WIDTH), serve
        )
        assert await show.run(), out.getvalue()
    told = out.getvalue()
    assert f"port {port} is taken" in " ".join(told.split())
    assert "disables the filter" in told
    assert "ought to, and the 1 made by hand: yes" in " ".join(told.split())
    assert all(len(line) <= WIDTH for line in told.splitlines())
    assert set(Path(gettempdir()).glob("syncd-demo-*")) <= before


async def test_one_who_stops_it_during_the_first_fill_waits_for_nothing():
    out = io.StringIO()
    show = DemoSession(DemoOptions(port=0), Console(file=out, width=WIDTH), serve)
    show.stop()
    assert await show.run()
    assert "not made" in out.getvalue()
    # A database connection that was being opened meanwhile ends in a thread, which tells this event loop.
    await asyncio.sleep(0.05)


async def test_a_change_is_timed_from_the_world_to_the_arrival_of_the_write(
    sandbox: Sandbox, watch: ChangeTracker, clock: HandClock
):
    moved(sandbox, watch, sandbox.world.open_games()[0])
    clock.move(0.4)
    write_all(sandbox)
    clock.move(5)
    assert only(watch).took == pytest.approx(0.4)


async def test_a_price_that_moves_again_before_it_was_written_is_timed_from_its_first_move(
    sandbox: Sandbox, watch: ChangeTracker, clock: HandClock
):
    game = sandbox.world.open_games()[0]
    for _ in range(2):
        moved(sandbox, watch, game)
        clock.move(1)
    write_all(sandbox)
    assert only(watch).took == pytest.approx(2)
    assert len(watch.followed) == len({each.pair for each in watch.followed})


async def test_what_is_written_before_we_look_is_timed_from_the_kick_off(
    sandbox: Sandbox, watch: ChangeTracker, clock: HandClock
):
    game = min(sandbox.world.open_games(), key=lambda game: game.kickoff)
    clock.move((game.kickoff - clock.now()).total_seconds() + 0.1)
    write_all(sandbox)
    clock.move(0.2)
    sandbox.world.kick_off(game)
    watch.look([WorldChange(at=clock.now(), kind="kick_off", game=game, text="")])
    story = next(story for story in watch.finished() if story.game is game)
    assert story.expected
    assert story.took == pytest.approx(0.1)


async def test_nothing_is_expected_of_what_was_set_by_hand(sandbox: Sandbox, watch: ChangeTracker):
    game = sandbox.world.open_games()[0]
    assert game.match
    pairs = [Pair(found.id, game.match.id) for found in sandbox.bettune.account.filters]
    for pair in pairs:
        sandbox.bettune.account.ui_set(pair, Decimal("3.5"))
    moved(sandbox, watch, game)
    [story] = watch.finished()
    assert story.by_hand
    assert not story.expected


def test_cells_fold_within_their_columns_and_no_line_ends_in_blanks():
    columns = (Column(4, right=True), Column(9), Column(3))
    cells = [Text("0:07"), Text("Celtic v Rangers"), Text("up")]
    found = [line.plain for line in lines(Console(width=WIDTH), columns, cells)]
    assert found == ["0:07  Celtic v   up", "      Rangers"]


def test_a_port_that_somebody_listens_at_is_not_free():
    with socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        assert not is_free(taken.getsockname()[1])
