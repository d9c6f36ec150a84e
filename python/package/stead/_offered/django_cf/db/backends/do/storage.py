"""Which storage is meant is known from whose turn runs."""

from typing import Any

from stead._sql import sql


def set_storage(db: Any) -> None:
    pass


def get_storage() -> Any:
    return sql
