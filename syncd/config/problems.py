"""Problems in a configuration, with all that is needed to correct them."""

from collections.abc import Iterable

import msgspec

from syncd.runtime.printable import one_line


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to correct. It never contains the value of a secret, nor of an unknown key."""

    where: str
    """`config/syncd.toml:12`, the name of an environment variable, or a file."""
    key: str = ""
    """Dotted, such as `rules[1].price`; empty for the file as a whole."""
    fault: str
    """The problem, as text that follows the key: `is "abc"`, `is unknown`, `is missing`."""
    expected: str = ""
    nearest: str = ""
    """The key that was probably meant."""

    def __str__(self) -> str:
        """One line that begins as a compiler's, so that editors can jump to the place."""
        subject = self.key if self.key and self.key != self.where else ""
        line = f"{self.where}: {subject} {self.fault}" if subject else f"{self.where}: {self.fault}"
        if self.expected:
            line += f"; expected {self.expected}"
        if self.nearest:
            line += f"; did you mean {self.nearest}?"
        return one_line(line)


class MissingFileProblem(Problem, frozen=True, kw_only=True):
    """A key that names a file that does not exist."""

    path: str


class ConfigError(Exception):
    """The configuration cannot be used. `problems` are all that were found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        """A line for each problem, with a heading if there are several."""
        lines = [str(problem) for problem in self.problems]
        if len(lines) == 1:
            return lines[0]
        return "\n".join([f"{len(lines)} problems in the configuration:", *(f"  {line}" for line in lines)])
