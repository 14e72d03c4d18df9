"""The asynchronous connections of SQLAlchemy, without its ORM.

The package `sqlalchemy.ext.asyncio` imports the ORM for sessions, which nothing here has: 8 MB, and a tenth
of the time that a command takes. So the package is entered into `sys.modules` before it is executed; a name
that it does not have yet executes it then.
"""

import sys
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any


def enter_unexecuted(name: str) -> None:
    """Make the modules of a package importable without its own imports, unless it is imported already."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return
    package, loader = module_from_spec(spec), spec.loader

    def execute_and_get(attribute: str) -> Any:
        if find_spec(f"{name}.{attribute}"):
            raise AttributeError(attribute)  # a module: Python imports it and asks again
        del vars(package)["__getattr__"]
        loader.exec_module(package)
        return getattr(package, attribute)

    vars(package)["__getattr__"] = execute_and_get
    sys.modules[name] = package


if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine
else:
    enter_unexecuted("sqlalchemy.ext.asyncio")
    from sqlalchemy.ext.asyncio.engine import (
        AsyncConnection,
        AsyncEngine,
        AsyncTransaction,
        create_async_engine,
    )

__all__ = ["AsyncConnection", "AsyncEngine", "AsyncTransaction", "create_async_engine"]
