"""The demo as newcomers see it, and how it measures."""

import asyncio
import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from socket import socket
from tempfile import gettempdir

import pytest
from rich.console import Console
from rich.table import Column
from rich.text import Text

from syncd.cli import output
from syncd.demo.changes import ChangeTracker, TrackedChange
from syncd.demo.reporter import row_lines
from syncd.demo.session import DemoOptions, DemoSession
from syncd.demo.setup import is_free
from syncd.model.bettune import Pair
from syncd.simulator.game import SimulatedGame
from syncd.simulator.oracle_check import OracleCheck
from syncd.simulator.random_events import WorldChange
from syncd.simulator.sandbox import HOST, Sandbox
from syncd.web.server import serve
from tests.support.sandbox import HandClock
from tests.support.virtual_time import LoopClock

WIDTH = 80


@pytest.fixture
def tracker(sandbox: Sandbox) -> ChangeTracker:
    """BetTune holds exactly what it should."""
    check = OracleCheck(sandbox)
    for pair, odds in check.oracle.wanted(sandbox.bettune.account.filters).items():
        sandbox.bettune.account.put(pair, odds)
    tracker = ChangeTracker(sandbox, check.oracle)
    tracker.begin()
    return tracker


def move_prices(sandbox: Sandbox, tracker: ChangeTracker, game: SimulatedGame) -> None:
    assert sandbox.world.move(game, by=0.3)
    tracker.track([WorldChange(at=sandbox.world.now(), kind="move", game=game, text="")])


def write_all(sandbox: Sandbox) -> None:
    for pair, (wanted, _) in OracleCheck(sandbox).check().differences.items():
        if wanted is None:
            sandbox.bettune.account.delete(pair)
        else:
            sandbox.bettune.account.put(pair, wanted)


def only_change(tracker: ChangeTracker) -> TrackedChange:
    finished = tracker.finished()
    [change] = [change for change in finished if any(not write.superseded for write in change.expected)]
    return change


def new_session(options: DemoOptions, out: io.StringIO) -> DemoSession:
    console = output.console()
    console.file, console.width = out, WIDTH
    return DemoSession(options, console, serve, LoopClock())


async def test_nine_seconds_of_it_end_with_a_check_that_succeeds():
    out = io.StringIO()
    before = set(Path(gettempdir()).glob("syncd-demo-*"))
    with socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = DemoOptions(span=timedelta(seconds=9), port=port)
        assert await new_session(options, out).run(), out.getvalue()
    printed = out.getvalue()
    assert f"port {port} is taken" in " ".join(printed.split())
    assert "disables the filter" in printed
    assert "it should, and the 1 made by hand: yes" in " ".join(printed.split())
    assert all(len(line) <= WIDTH for line in printed.splitlines())
    assert "\N{REPLACEMENT CHARACTER}" not in printed
    assert set(Path(gettempdir()).glob("syncd-demo-*")) <= before


async def test_a_user_who_stops_it_during_the_first_fill_waits_for_nothing():
    out = io.StringIO()
    session = new_session(DemoOptions(port=0), out)
    session.stop()
    assert await session.run()
    assert "not made" in out.getvalue()
    # A database connection that was being opened meanwhile ends in a thread, which calls this event loop.
    await asyncio.sleep(0.05)


async def test_a_change_is_timed_from_the_world_to_the_arrival_of_the_write(
    sandbox: Sandbox, tracker: ChangeTracker, clock: HandClock
):
    move_prices(sandbox, tracker, sandbox.world.open_games()[0])
    clock.move(0.4)
    write_all(sandbox)
    clock.move(5)
    assert only_change(tracker).took == pytest.approx(0.4)


async def test_a_price_that_moves_again_before_it_was_written_is_timed_from_its_first_move(
    sandbox: Sandbox, tracker: ChangeTracker, clock: HandClock
):
    game = sandbox.world.open_games()[0]
    for _ in range(2):
        move_prices(sandbox, tracker, game)
        clock.move(1)
    write_all(sandbox)
    assert only_change(tracker).took == pytest.approx(2)
    assert len(tracker.followed) == len({write.pair for write in tracker.followed})


async def test_a_write_before_the_change_is_noticed_is_timed_from_the_kick_off(
    sandbox: Sandbox, tracker: ChangeTracker, clock: HandClock
):
    game = min(sandbox.world.open_games(), key=lambda game: game.kickoff)
    clock.move((game.kickoff - clock.now()).total_seconds() + 0.1)
    write_all(sandbox)
    clock.move(0.2)
    sandbox.world.kick_off(game)
    tracker.track([WorldChange(at=clock.now(), kind="kick_off", game=game, text="")])
    change = next(change for change in tracker.finished() if change.game is game)
    assert change.expected
    assert change.took == pytest.approx(0.1)


async def test_no_write_is_expected_where_min_odds_were_set_by_hand(sandbox: Sandbox, tracker: ChangeTracker):
    game = sandbox.world.open_games()[0]
    assert game.match
    for found in sandbox.bettune.account.filters:
        sandbox.bettune.account.ui_set(Pair(found.id, game.match.id), Decimal("3.5"))
    move_prices(sandbox, tracker, game)
    [change] = tracker.finished()
    assert change.by_hand
    assert not change.expected


def test_cells_fold_within_their_columns_and_no_line_ends_in_blanks():
    columns = (Column(width=4, justify="right"), Column(width=9), Column(width=3))
    cells = [Text("0:07"), Text("Celtic v Rangers"), Text("up")]
    found = [line.plain for line in row_lines(Console(width=WIDTH), columns, cells)]
    assert found == ["0:07  Celtic v   up", "      Rangers"]


def test_a_port_with_a_listener_is_not_free():
    with socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        assert not is_free(taken.getsockname()[1])
