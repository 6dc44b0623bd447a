"""Where the command `capsize` is."""

import os
import pathlib
import shutil

_SOURCES = pathlib.Path(__file__).resolve().parents[3]


class CapsizeError(Exception):
    """It could not be done: malformed, no model, no command, no answer. The text says what and where."""


def command():
    """CAPSIZE_BIN first, then build/bin of the sources this file lies in or bin of the prefix that it
    was installed to (PREFIX/share/capsize/python, PREFIX/lib/python3/dist-packages), then PATH."""
    places = [os.environ.get("CAPSIZE_BIN"), _SOURCES / "build" / "bin", _SOURCES.parent / "bin"]
    for place in filter(None, places):
        found = pathlib.Path(place) / "capsize"
        if found.is_file():
            return str(found)
    found = shutil.which("capsize")
    if found is None:
        raise CapsizeError("capsize: not found in CAPSIZE_BIN, build/bin, the installed bin or PATH")
    return found
