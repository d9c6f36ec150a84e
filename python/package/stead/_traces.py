"""Tracebacks for the log, from the author's frames on."""

import traceback
from pathlib import Path

_OURS = str(Path(__file__).parent) + "/_"


def trace_text(error: BaseException) -> str:
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        if not frames.tb_frame.f_code.co_filename.startswith(_OURS):
            break
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames)).rstrip()
