"""The result of a withdrawal by BetTune's API alone, in counts and in sentences."""

from collections.abc import Callable, Mapping

import msgspec


class WithdrawalProgress(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of predictions: `deleted` of the `found` ones are gone, `refused` could not be deleted yet.

    `shown_again` of the deleted ones were in a later search. `unread` says for each filter that could not be
    read why. `is_complete` is true only when two readings in a row have found nothing.
    """

    found: int = 0
    deleted: int = 0
    refused: int = 0
    shown_again: int = 0
    refusal: str = ""
    """The last refusal of a delete."""
    unread: Mapping[str, str] = msgspec.field(default_factory=dict)
    is_complete: bool = False

    @property
    def text(self) -> str:
        """The counts in a sentence."""
        if not self.found:
            return (
                "No prediction that the rules name was made through the API."
                if self.is_complete
                else "No prediction has been found or withdrawn."
            )
        refused = f"; BetTune refused to delete {self.refused}" if self.refused else ""
        return f"{self.deleted} of {self.found} predictions withdrawn{refused}."

    @property
    def problems(self) -> tuple[str, ...]:
        """The reasons why something may still stand, once all readings are over."""
        if self.is_complete:
            return ()
        found = [f"{name} could not be read: {reason}." for name, reason in self.unread.items()]
        if self.refused:
            found.append(f"The last refusal: {self.refusal}.")
        if self.shown_again:
            found.append(
                f"{self.shown_again} were shown again after their deletion: does a syncd write them?"
            )
        return tuple(found) or ("No two readings in a row agree that nothing is left.",)


Report = Callable[[WithdrawalProgress], None]


def no_report(_: WithdrawalProgress) -> None:
    """Default `Report`."""
