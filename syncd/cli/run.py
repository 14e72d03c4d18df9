"""`syncd run`: the daemon as a process, with its signals."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any

import click
import structlog

from syncd.app.blind_start import BlindStart
from syncd.app.daemon import Daemon
from syncd.app.reload import Reloader
from syncd.cli.command import CliCommand, CommandError
from syncd.cli.context import CommandContext, pass_command_context, run_async
from syncd.cli.database import open_store
from syncd.cli.sd_notify import sd_notify, shown_to_systemd
from syncd.config.load import LoadedSettings
from syncd.config.settings import Settings
from syncd.config.warnings import warnings_of
from syncd.runtime import logs
from syncd.runtime.supervisor import TaskDiedError
from syncd.store.engine import Store
from syncd.store.errors import StoreError
from syncd.store.lease import lease_holder
from syncd.web.server import WebError, serve
from syncd.web.waiting import serve_waiting

log = structlog.get_logger(__name__)


@click.command(cls=CliCommand)
@pass_command_context
def run(context: CommandContext) -> None:
    """Mirror Pinnacle into BetTune until SIGTERM or SIGINT.

    A write that is on its way is finished, or abandoned after 10 s. A second signal ends the withdrawal
    that `on_stop` requires. SIGHUP reads the config again. On PostgreSQL any number may be started: one
    works, the others stand by.
    """
    begin_logs(context.settings)
    log.info("config_read", file=str(context.path.absolute()), chosen=context.chosen_by)
    log_warnings(context.loaded)
    context.need_credentials()
    try:
        run_async(_run(context))
    except TaskDiedError as error:
        raise CommandError(task_error_text(error)) from error


async def _run(context: CommandContext) -> None:
    async with AsyncExitStack() as stack:
        start = BlindStart(context.settings, context.clock)
        store = await _until_stopped(_open_store(context, stack, start))
        if store is None:
            log.info("stopped")
            return
        sent = start.budget.counted if start.withdrew else None
        daemon = Daemon(context.settings, store, context.clock, sent_blindly=sent)
        try:
            reloader = Reloader(daemon, context)
            async with serve(daemon, context.settings, reloader=reloader):
                _handle_signals(daemon, reloader)
                async with shown_to_systemd(context.clock):
                    await daemon.run()
        except WebError as error:
            raise CommandError(await _port_error(error, store)) from None


async def _open_store(context: CommandContext, stack: AsyncExitStack, start: BlindStart) -> Store:
    """Open the store as soon as that is possible. Raises `StoreError` if waiting would be of no use."""
    async with AsyncExitStack() as waiting:
        while True:
            try:
                store = await stack.enter_async_context(open_store(context, upgrade=True, durable=False))
            except StoreError as error:
                start.require_hope(error)
                if not start.reason:
                    await _begin_waiting(waiting, start, context)
                await start.after(error)
            else:
                start.end()
                return store


async def _begin_waiting(waiting: AsyncExitStack, start: BlindStart, context: CommandContext) -> None:
    """Show that the process is alive: a service manager would end it."""
    try:
        await waiting.enter_async_context(serve_waiting(start, context.settings))
    except WebError as error:
        raise CommandError(str(error)) from None
    await waiting.enter_async_context(shown_to_systemd(context.clock))


async def _until_stopped(work: Coroutine[Any, Any, Store]) -> Store | None:
    """Return the result of `work`. None if SIGTERM or SIGINT came first."""
    loop, working = asyncio.get_running_loop(), asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, working.cancel)
    try:
        return await working
    except asyncio.CancelledError:
        return None


async def _port_error(error: WebError, store: Store) -> str:
    """Return the error, and that another syncd is running: it most often uses the port."""
    other = await lease_holder(store)
    return f"{error}. Another syncd ({other.name}) works on this database" if other else str(error)


def _handle_signals(daemon: Daemon, reloader: Reloader) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        sd_notify("STOPPING=1")
        daemon.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, lambda: reloader.apply(by="SIGHUP"))


def begin_logs(settings: Settings) -> None:
    """Set up logging as the config says."""
    logs.set_up(level=settings.log.level, form=settings.log.format, secrets=settings.secrets)


def log_warnings(loaded: LoadedSettings) -> None:
    """Log what the user should change in the config, although it works."""
    for each in warnings_of(loaded):
        log.warning("config_warning", subject=each.subject, reason=each.message, advice=each.advice)


def task_error_text(error: TaskDiedError) -> str:
    """Return why the task died, in one sentence; log an unexpected cause with its traceback."""
    cause = error.__cause__
    if isinstance(cause, StoreError):
        return f"{error}: {cause}"
    log.critical("task_died", task=error.name, exc_info=cause)
    return f"{error}; the log says why. Start it again: nothing is lost, the plan is made again"
