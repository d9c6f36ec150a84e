"""`workers.utils`."""

from stead._headers import Headers
from workers import import_from_javascript, patch_env

__all__ = ["import_from_javascript", "patch_env"]


# The SDK's own modules use this name.
_to_js_headers = Headers.new
