"""Commands of users to the running daemon, read from the database about once a second."""

from collections.abc import Callable
from datetime import datetime

import structlog

from syncd.app.components import Components
from syncd.app.withdrawal_note import take_note
from syncd.model.bettune import Pair
from syncd.runtime.clock import Clock
from syncd.store import commands, facts
from syncd.store.commands import UserCommand, Verb
from syncd.store.engine import Store

log = structlog.get_logger(__name__)

READ_EVERY_S = 1.0


class CommandRunner:
    """Carries out the commands that are not done yet, the oldest first."""

    def __init__(
        self, components: Components, store: Store, clock: Clock, load_again: Callable[[], None]
    ) -> None:
        """`load_again` builds all components again, which ends this one."""
        self._components = components
        self._store = store
        self._clock = clock
        self._load_again = load_again

    async def step(self) -> None:
        """Read the commands and the mode once, and carry them out."""
        async with self._store.read() as conn:
            pending = await commands.load_pending(conn)
        # After the commands, each of which is saved together with its mode. Without a command too: the CLI
        # only saves the mode if no daemon holds the lease yet.
        await self._components.load_mode()
        for command in pending:
            await self._run(command)
            async with self._store.write() as conn:
                if command.verb == Verb.ALIASES_CHANGED:
                    await facts.put(conn, facts.ALIAS_FILE, self._alias_file, self._clock.now())
                await commands.mark_done(conn, command.id, self._clock.now())
        # Last, when all are marked: the next components would find an unmarked one again.
        if any(command.verb == Verb.ALIASES_CHANGED for command in pending):
            self._load_again()
        if began := await take_note(self._store, self._clock):
            self._heed_withdrawal(began)
        await self._clock.sleep(READ_EVERY_S)

    @property
    def _alias_file(self) -> str:
        """The file that is read again, for who has imported names: it may be another than theirs."""
        path = self._components.settings.matching.aliases
        return str(path.resolve()) if path else ""

    def _heed_withdrawal(self, began: datetime) -> None:
        """Make again what `syncd withdraw --now` deleted beside us: no user deleted it by hand.

        Its requests are in no store, so the whole window counts as used.
        """
        log.warning("withdrawn_beside", since=began)
        self._components.budget.fill()
        self._components.actual.doubt_all(since=began)
        self._components.signals.invalidate(everything=True)

    async def _run(self, command: UserCommand) -> None:
        match command.verb:
            case Verb.PAUSE | Verb.RESUME | Verb.WITHDRAW:
                pass  # the mode has been loaded
            case Verb.ALIASES_CHANGED:
                pass  # the file is read when the components are built again
            case Verb.RESYNC:
                await self._resync()
            case Verb.RESTORE:
                arguments = command.arguments
                pair = Pair(int(arguments["filter_id"]), int(arguments["match_id"]))
                await self._components.writer.reader.take_up_again([pair])
            case Verb.LINKS_CHANGED:
                self._components.signals.invalidate(decisions=True)
            case _:
                log.warning("command_unknown", verb=command.verb)
                return
        log.info("command_done", verb=command.verb, by=command.requested_by, **command.arguments)

    async def _resync(self) -> None:
        self._components.signals.invalidate(snapshots=True, catalogue=True, everything=True)
        await self._components.read_back()
