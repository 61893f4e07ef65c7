"""How a package, or one fact of it, is cited: with its version, and with the hash that pins its content."""

from __future__ import annotations

from typing import Any

from factpack.errors import ConfigurationError


def cite(descriptor: dict[str, Any], root: str | None, fact_id: str | None = None, *, form: str = "text") -> str:
    """Write a citation.

    Args:
        descriptor: of the package.
        root: its logical hash, where it has one.
        fact_id: the fact that is cited, or None for the whole package.
        form: `text` or `bibtex`.

    Raises:
        ConfigurationError: there is no such form.
    """
    authors = [one["title"] for one in descriptor.get("contributors", ())] or [descriptor["name"]]
    year, day = descriptor["created"][:4], descriptor["created"][:10]
    pin = f"urn:factpack:{descriptor['name']}:{descriptor['version']}" + (f":{fact_id}" if fact_id else "")
    if form == "text":
        where = f" Fact {fact_id}." if fact_id else ""
        sealed = f", root sha256:{root}" if root else ""
        return (
            f"{'; '.join(authors)} ({year}). {descriptor['title']} (version {descriptor['version']}, {day}) "
            f"[data set].{where} {descriptor.get('homepage') or pin}{sealed}"
        )
    if form == "bibtex":
        pinned = [f"fact {fact_id}"] * bool(fact_id) + [f"sha256:{root}"] * bool(root)
        fields = {
            "author": " and ".join(f"{{{one}}}" for one in authors),
            "title": f"{{{descriptor['title']}}}",
            "year": year,
            "version": descriptor["version"],
            "note": ", ".join(pinned),
            "howpublished": descriptor.get("homepage") or pin,
        }
        written = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{{descriptor['name']}-{descriptor['version']},\n{written}}}"
    raise ConfigurationError(f"no citation form {form!r}; there are text and bibtex.")
