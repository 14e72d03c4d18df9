"""Wrong tokens: how many are checked at all, for each address and in all.

Whoever guesses is refused without a check, once a few guesses were wrong. The price is that a reader who
shares the guesser's address is refused meanwhile; one who has been let in before, from another, is not.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from syncd.web.repeated_alert import RepeatedAlert

TOKENS: Final = "web.tokens"
"""Subject of the alert that somebody tries tokens."""

PER_ADDRESS: Final = (10, 1.0)
"""Wrong tokens that are checked at once, and how many more each second."""

IN_ALL: Final = (30, 2.0)

MAX_ADDRESSES: Final = 1000
"""Addresses that are remembered."""


class RateBucket:
    """Allows a number of cases at once, and then a fixed number each second."""

    def __init__(self, size: int, per_s: float, now: float) -> None:
        self._size = size
        self._per_s = per_s
        self._level = float(size)
        self._at = now

    def wait_s(self, now: float) -> float:
        """Return the seconds until one more is allowed."""
        return max(0.0, (1 - self._filled(now)) / self._per_s)

    def take(self, now: float) -> None:
        """Count one."""
        self._level, self._at = max(0.0, self._filled(now) - 1), now

    def _filled(self, now: float) -> float:
        return min(self._size, self._level + max(0.0, now - self._at) * self._per_s)


class Guesses:
    """Decides whether a token may be checked now."""

    def __init__(self, alert: RepeatedAlert, monotonic: Callable[[], float]) -> None:
        self._alert = alert
        self._monotonic = monotonic
        self._in_all = RateBucket(*IN_ALL, monotonic())
        self._by_address: OrderedDict[str, RateBucket] = OrderedDict()
        self._welcome: OrderedDict[str, None] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Return the seconds until a token from this address is checked: 0 if it is now."""
        network, now = network_of(address), self._monotonic()
        own = self._by_address.get(network)
        waits = [own.wait_s(now) if own else 0.0]
        if network not in self._welcome:
            waits.append(self._in_all.wait_s(now))
        wait = max(waits)
        if wait:
            self._alert.ring(
                f"somebody tries tokens, the last from {address}: further ones are refused without a check",
                network,
            )
        return wait

    def wrong(self, address: str) -> None:
        """Count a wrong token."""
        network, now = network_of(address), self._monotonic()
        own = self._by_address.setdefault(network, RateBucket(*PER_ADDRESS, now))
        own.take(now)
        self._in_all.take(now)
        _keep_newest(self._by_address, network)
        self._alert.note(network)

    def right(self, address: str) -> None:
        """Remember an address with the right token: what others try does not keep it out."""
        network = network_of(address)
        self._welcome[network] = None
        _keep_newest(self._welcome, network)


def network_of(address: str) -> str:
    """Return the address, or of IPv6 the network of one customer: each has billions of addresses."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _keep_newest(table: OrderedDict[str, RateBucket] | OrderedDict[str, None], key: str) -> None:
    table.move_to_end(key)
    if len(table) > MAX_ADDRESSES:
        table.popitem(last=False)
