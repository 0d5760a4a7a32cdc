"""What languages are called."""

from __future__ import annotations

from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """The English name of a language code such as `de` or `pt-BR`; an unknown code as it is."""
    try:
        return str(get_language_info(code.lower())["name"]) if code else ""
    except KeyError:
        return code
