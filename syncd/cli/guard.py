"""`syncd guard`: the second process that withdraws predictions when the daemon cannot."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import click
import structlog

from syncd.cli.command import CliCommand, WrongUsageError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.sd_notify import sd_notify, shown_to_systemd
from syncd.config.settings import Settings
from syncd.guard.daemon_probe import DaemonProbe
from syncd.guard.process import GuardProcess
from syncd.runtime import logs
from syncd.runtime.alerts import Alerts
from syncd.runtime.clock import Clock
from syncd.runtime.notifications import Notifications
from syncd.runtime.notifier import make_notifier

log = structlog.get_logger(__name__)

DATABASE_TIMEOUT_S = 5.0
"""The database is only looked at: the guard must not depend on it."""


@click.command(cls=CliCommand)
@pass_command_context
def guard(context: CommandContext) -> None:
    """Watch the daemon, and withdraw its predictions when it fails.

    It needs the daemon's address (guard.url), BetTune's token and the rules, and no database. When the
    daemon has been dead, hung or not ready for guard.after, it deletes what the rules name and what was
    made through the API. It stands back when the daemon is ready again. Run it as a service of its own,
    best on another machine.
    """
    settings = context.settings
    logs.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets)
    log.info("config_read", file=str(context.path.absolute()), chosen=context.chosen_by)
    need_token(settings)
    run_async(_run(settings, context.clock))


def need_token(settings: Settings) -> None:
    """Raise `WrongUsageError` if what a withdrawal by the API alone needs is not set."""
    if not settings.bettune.token.get_secret_value():
        raise WrongUsageError("bettune.token is not set: without it no prediction can be deleted")
    if not settings.rules:
        raise WrongUsageError("no [[rules]]: no filter is named, so nothing would be deleted")


async def _run(settings: Settings, clock: Clock) -> None:
    alerts, notifications = Alerts(clock), Notifications(clock)
    notifications.use(make_notifier(settings.notify.addresses), settings.notify.quiet)
    alerts.subscribe(notifications.put)
    async with DaemonProbe(settings.guard.url, clock) as probe:
        process = GuardProcess(settings, clock, alerts, probe, lease_holder=_lease_holder(settings, clock))
        tasks = [
            asyncio.create_task(process.run(), name="guard"),
            asyncio.create_task(_notify(notifications), name="notifications"),
        ]
        stopped = _stopped_by_signal()
        log.info("guarding", url=settings.guard.url, after_s=settings.guard.after.total_seconds())
        try:
            async with shown_to_systemd(clock):
                await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    log.info("stopped")


def _stopped_by_signal() -> asyncio.Future[None]:
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        sd_notify("STOPPING=1")
        if not stopped.done():
            stopped.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return stopped


async def _notify(notifications: Notifications) -> None:
    while True:
        await notifications.step()


def _lease_holder(settings: Settings, clock: Clock) -> Callable[[], Awaitable[str]]:
    """Look into the database, where it is a server that can be reached: another daemon may work there.

    A SQLite file has one daemon only, and opening it could create it.
    """
    url = settings.store.url.get_secret_value()

    async def look() -> str:
        if url.startswith("sqlite"):
            return ""
        with suppress(Exception):
            from syncd.store import engine, lease  # noqa: PLC0415 - takes 22 MB; most guards have no database

            async with asyncio.timeout(DATABASE_TIMEOUT_S), await engine.Store.open(url, clock) as store:
                holder = await lease.lease_holder(store)
                return holder.name if holder else ""
        return ""

    return look
