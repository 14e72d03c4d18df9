"""The metadata that all tables share, and the kinds of their columns."""

from sqlalchemy import BigInteger, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""Pinnacle's line ids need more than 32 bits; SQLite counts up only plain INTEGER keys."""

HIGHEST_ID = 2**63 - 1
"""The highest id of both databases; a query for a higher one is an error."""
