"""What is wrong with a configuration, said so that it can be put right at once."""

from collections.abc import Iterable

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to put right. Never holds the value of a secret, nor of a key that is unknown."""

    where: str
    """`config/syncd.toml:12`, the name of an environment variable, or a file."""
    key: str = ""
    """Dotted, such as `rules[1].price`; empty where the file as a whole is meant."""
    fault: str
    """Goes on from the key: `is "abc"`, `is unknown`, `is missing`."""
    expected: str = ""
    nearest: str = ""
    """The key that was probably meant."""

    def __str__(self) -> str:
        """One line, beginning as compilers do, so that editors can jump to it."""
        subject = self.key if self.key and self.key != self.where else ""
        line = f"{self.where}: {subject} {self.fault}" if subject else f"{self.where}: {self.fault}"
        if self.expected:
            line += f"; expected {self.expected}"
        if self.nearest:
            line += f"; did you mean {self.nearest}?"
        return line


class ConfigError(Exception):
    """The configuration cannot be used. Holds every problem that was found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        """A line for each problem, and a heading where there are several."""
        lines = [str(problem) for problem in self.problems]
        if len(lines) == 1:
            return lines[0]
        return "\n".join([f"{len(lines)} problems in the configuration:", *(f"  {line}" for line in lines)])
