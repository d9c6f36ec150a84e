"""`workers.gateway`: options of the WSGI and ASGI bridges, which have none to choose here."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class BaseOptions:
    encode_body: str = "automatic"

    def response_init(self) -> dict[str, Any]:
        return {}
