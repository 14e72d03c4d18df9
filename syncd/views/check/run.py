"""The whole check, part by part."""

from collections.abc import Callable, Collection

from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.runtime.clock import Clock
from syncd.store import alerts, catalogue, mode
from syncd.store.engine import Store
from syncd.store.lease_holder import lease_holder
from syncd.views.check.bettune import BetTuneCheck
from syncd.views.check.config import check_config
from syncd.views.check.database import check_database
from syncd.views.check.filters import check_filters, read_filters
from syncd.views.check.findings import Checked, Finding, Level, ok
from syncd.views.check.machine import check_mode, check_port
from syncd.views.check.periods import check_periods
from syncd.views.check.pinnacle import check_pinnacle

Report = Callable[[str], None]
"""Told what is being looked at."""

NO_DATABASE = "sqlite:///:memory:"


async def check(settings: Settings, clock: Clock, report: Report) -> Checked:
    """Look at everything; one thing that is wrong does not hide the next. Raises nothing expected."""
    report("config")
    findings = list(check_config(settings))
    report("database")
    url = settings.store.url.get_secret_value()
    seen = [each async for each in check_database(url, clock)]
    usable = all(each.level is Level.OK for each in seen)
    async with await Store.open(url if usable else NO_DATABASE, clock) as store:
        whole = await _with_store(settings, store, report)
    return Checked(findings=(*findings, *seen, *whole.findings), filters=whole.filters)


async def _with_store(settings: Settings, store: Store, report: Report) -> Checked:
    running = await lease_holder(store)
    async with store.read() as conn:
        ordered = await mode.load(conn)
    findings = list(check_mode(ordered))
    report("Pinnacle")
    findings += [each async for each in check_pinnacle(settings, store)]
    report("BetTune, as soon as its limit allows")
    if running:
        findings += [ok("syncd", f"{running.name} works since {running.since:%d %b %H:%M} UTC")]
        by_daemon = await _by_daemon(settings, store)
        return Checked(findings=(*findings, *by_daemon.findings), filters=by_daemon.filters)
    findings += check_port(settings.web)
    asked = BetTuneCheck(settings, store)
    findings += [each async for each in asked.findings()]
    if asked.filters is None:
        return Checked(findings=tuple(findings))
    findings += await _of_filters(asked.filters, settings, store)
    return Checked(findings=tuple(findings), filters=tuple(read_filters(asked.filters, settings)))


async def _by_daemon(settings: Settings, store: Store) -> Checked:
    """Two who ask BetTune would break its limit, so what the working daemon knows is told."""
    async with store.read() as conn:
        wrong = await alerts.load_firing(conn)
        filters = (await catalogue.listed_filters(conn)).values()
    findings = [
        Finding(
            level=Level.PROBLEM if each.notify else Level.WARNING, subject=each.subject, message=each.message
        )
        for each in wrong
    ]
    if not any(each.subject.startswith("bettune.") for each in wrong):
        findings.append(ok("bettune", "the syncd that runs has no trouble with it"))
    findings += await _of_filters(filters, settings, store)
    return Checked(findings=tuple(findings), filters=tuple(read_filters(filters, settings)))


async def _of_filters(filters: Collection[Filter], settings: Settings, store: Store) -> list[Finding]:
    of_periods = [each async for each in check_periods(filters, settings, store)]
    return [*check_filters(filters, settings), *of_periods]
