"""Argument types that several scripts use."""

import argparse


def positive(text):
    """A positive integer."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found '{text}', expected a positive integer")
    return int(text)
