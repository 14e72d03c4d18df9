"""The holder of the lease, read from the database. Only a guard that has a database imports this."""

from syncd.runtime.clock import Clock
from syncd.store.engine import Store
from syncd.store.lease import lease_holder


async def read_lease_holder(url: str, clock: Clock) -> str:
    """Return the process that has a lease which has not expired. Empty if none has. Raises `StoreError`."""
    async with await Store.open(url, clock) as store:
        holder = await lease_holder(store)
    return holder.name if holder else ""
