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
from syncd.views.check.filters import check_filters, summarise_filters
from syncd.views.check.local import check_mode, check_port
from syncd.views.check.periods import check_periods
from syncd.views.check.pinnacle import check_pinnacle
from syncd.views.check.report import CheckReport, Finding, Severity, ok

ReportStage = Callable[[str], None]
"""Told what is being looked at."""

EMPTY_DATABASE = "sqlite:///:memory:"


async def run_checks(settings: Settings, clock: Clock, report: ReportStage) -> CheckReport:
    """Look at everything; one thing that is wrong does not hide the next. Raises nothing expected."""
    report("config")
    findings = list(check_config(settings))
    report("database")
    url = settings.store.url.get_secret_value()
    seen = [each async for each in check_database(url, clock)]
    usable = all(each.level is Severity.OK for each in seen)
    async with await Store.open(url if usable else EMPTY_DATABASE, clock) as store:
        whole = await _with_store(settings, store, report)
    return CheckReport(findings=(*findings, *seen, *whole.findings), filters=whole.filters)


async def _with_store(settings: Settings, store: Store, report: ReportStage) -> CheckReport:
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
        return CheckReport(findings=(*findings, *by_daemon.findings), filters=by_daemon.filters)
    findings += check_port(settings.web)
    asked = BetTuneCheck(settings, store)
    findings += [each async for each in asked.findings()]
    if asked.filters is None:
        return CheckReport(findings=tuple(findings))
    findings += await _of_filters(asked.filters, settings, store)
    return CheckReport(findings=tuple(findings), filters=tuple(summarise_filters(asked.filters, settings)))


async def _by_daemon(settings: Settings, store: Store) -> CheckReport:
    """Two who ask BetTune would break its limit, so what the working daemon knows is told."""
    async with store.read() as conn:
        wrong = await alerts.load_firing(conn)
        filters = (await catalogue.listed_filters(conn)).values()
    findings = [
        Finding(
            level=Severity.PROBLEM if each.notify else Severity.WARNING,
            subject=each.subject,
            message=each.message,
        )
        for each in wrong
    ]
    if not any(each.subject.startswith("bettune.") for each in wrong):
        findings.append(ok("bettune", "the syncd that runs has no trouble with it"))
    findings += await _of_filters(filters, settings, store)
    return CheckReport(findings=tuple(findings), filters=tuple(summarise_filters(filters, settings)))


async def _of_filters(filters: Collection[Filter], settings: Settings, store: Store) -> list[Finding]:
    of_periods = [each async for each in check_periods(filters, settings, store)]
    return [*check_filters(filters, settings), *of_periods]
