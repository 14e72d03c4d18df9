"""What a process does that was frozen for so long that a guard may have withdrawn."""

from datetime import timedelta
from unittest.mock import Mock

import pytest

from syncd.app.silence import LOOK_EVERY_S, Silence
from tests.support.sandbox import HandClock

GUARD_AFTER_S = 600.0


@pytest.mark.parametrize(("frozen_s", "acts"), [(GUARD_AFTER_S / 2 - 1, False), (GUARD_AFTER_S / 2, True)])
async def test_after_a_long_freeze_a_guard_may_have_withdrawn_and_be_at_work(
    frozen_s: float, acts: bool
) -> None:
    clock, components = HandClock(), Mock()
    components.settings.guard.after = timedelta(seconds=GUARD_AFTER_S)

    async def sleep(_: float) -> None:
        clock.move(LOOK_EVERY_S + frozen_s)

    clock.sleep = sleep  # type: ignore[method-assign]
    await Silence(components, clock).step()
    assert components.actual.doubt_all.called == acts
    assert components.gateway.leave_window_to_guard.called == acts
