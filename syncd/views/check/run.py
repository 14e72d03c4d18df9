"""Run all checks, one after the other."""

from collections.abc import Callable, Collection

from syncd.config.settings import Settings
from syncd.model.bettune import Filter
from syncd.runtime.clock import Clock
from syncd.store import alerts, catalogue, mode
from syncd.store.engine import Store
from syncd.store.lease import lease_holder
from syncd.views.check.bettune import BetTuneCheck
from syncd.views.check.database import check_database
from syncd.views.check.filters import check_filters, summarise_filters
from syncd.views.check.local import check_config, check_mode, check_port
from syncd.views.check.periods import check_periods
from syncd.views.check.pinnacle import check_pinnacle
from syncd.views.check.report import CheckReport, Finding, FindingLevel, ok

ReportStage = Callable[[str], None]
"""Called with the name of the check that begins."""

EMPTY_DATABASE = "sqlite:///:memory:"


async def run_checks(settings: Settings, clock: Clock, report: ReportStage) -> CheckReport:
    """Run all checks; a problem in one does not stop the next. Raises no expected error."""
    report("config")
    findings = list(check_config(settings))
    report("database")
    url = settings.store.url.get_secret_value()
    database = [each async for each in check_database(url, clock)]
    usable = database[0].level is FindingLevel.OK
    async with await Store.open(url if usable else EMPTY_DATABASE, clock) as store:
        rest = await _with_store(settings, store, report)
    return CheckReport(findings=(*findings, *database, *rest.findings), filters=rest.filters)


async def _with_store(settings: Settings, store: Store, report: ReportStage) -> CheckReport:
    holder = await lease_holder(store)
    async with store.read() as conn:
        findings = list(check_mode(await mode.load(conn)))
    report("Pinnacle")
    findings += [each async for each in check_pinnacle(settings, store)]
    report("BetTune, as soon as its limit allows")
    if holder:
        findings += [ok("syncd", f"{holder.name} works since {holder.since:%d %b %H:%M} UTC")]
        beside = await _beside_daemon(settings, store)
        return CheckReport(findings=(*findings, *beside.findings), filters=beside.filters)
    findings += check_port(settings.web)
    bettune = BetTuneCheck(settings, store)
    findings += [each async for each in bettune.findings()]
    if bettune.filters is None:
        return CheckReport(findings=tuple(findings))
    findings += await _filter_findings(bettune.filters, settings, store)
    return CheckReport(findings=tuple(findings), filters=tuple(summarise_filters(bettune.filters, settings)))


async def _beside_daemon(settings: Settings, store: Store) -> CheckReport:
    """Report the alerts of the working daemon: requests of two programs would exceed BetTune's limit."""
    async with store.read() as conn:
        firing = await alerts.load_firing(conn)
        filters = (await catalogue.listed_filters(conn)).values()
    findings = [
        Finding(
            level=FindingLevel.PROBLEM if each.notify else FindingLevel.WARNING,
            subject=each.subject,
            message=each.message,
        )
        for each in firing
    ]
    if not any(each.subject.startswith("bettune.") for each in firing):
        findings.append(ok("bettune", "the running syncd has no alert about it"))
    findings += await _filter_findings(filters, settings, store)
    return CheckReport(findings=tuple(findings), filters=tuple(summarise_filters(filters, settings)))


async def _filter_findings(filters: Collection[Filter], settings: Settings, store: Store) -> list[Finding]:
    period_findings = [each async for each in check_periods(filters, settings, store)]
    return [*check_filters(filters, settings), *period_findings]
