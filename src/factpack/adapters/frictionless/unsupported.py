"""What is left to frictionless."""

from __future__ import annotations


class Unsupported(Exception):  # noqa: N818 - it is no error: frictionless validates instead
    """A resource that is not proven here, for a reason that the message gives."""
