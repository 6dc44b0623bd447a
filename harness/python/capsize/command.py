"""Finds the command `capsize`."""

import os
import pathlib
import shutil

_SOURCES = pathlib.Path(__file__).resolve().parents[3]


class CapsizeError(Exception):
    """A request failed: malformed input, no model, no command, no reply. The text says what and where."""


def command():
    """Returns the path of the command: in CAPSIZE_BIN, or in build/bin of the source tree of this file or
    bin of the prefix that it is installed to (PREFIX/share/capsize/python,
    PREFIX/lib/python3/dist-packages), or in PATH."""
    places = [os.environ.get("CAPSIZE_BIN"), _SOURCES / "build" / "bin", _SOURCES.parent / "bin"]
    for place in filter(None, places):
        found = pathlib.Path(place) / "capsize"
        if found.is_file():
            return str(found)
    found = shutil.which("capsize")
    if found is None:
        raise CapsizeError("capsize: not found in CAPSIZE_BIN, build/bin, the installed bin or PATH")
    return found
