"""Does it say what has gone wrong before: guilt, guarantees, blame, law?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harken.domain.replies.checks.port import Check, Finding, Reading, Severity

# What lawyers, and customers who quote us, read closely. Brands add their own.
_RISKY = (
    (r"\b(?:we are|we're|i am|it is|it's) (?:liable|at fault|responsible for the damage)\b"
     r"|\bnegligen\w+|\bnalatig\w*|\bfahrlässig\w*|\bnégligen\w+"
     r"|\b(?:accept|take|full) (?:\w+ )?(?:liability|blame)\b|\bour (?:own )?fault\b"
     r"|\bonze schuld\b|\bwij zijn aansprakelijk\b|\bunsere schuld\b"
     r"|\bwir haften\b|\b(?:notre|de notre) faute\b|\bnous sommes responsables\b"
     r"|\b(?:nuestra|es) culpa(?: nuestra)?\b|\bsomos responsables\b",
     "It admits guilt.", "Say that you are sorry and what happens next; others decide who pays."),
    (r"\b(?:we|i)(?: can| do)? guarantee\b|\bguaranteed\b|\bpromise (?:you )?(?:a )?100 ?%"
     r"|\b100 ?% (?:sure|certain|safe|zeker"
     r"|sicher|sûrs?|segur[oa]s?)\b|\bnever happen again\b|\bgarander\w+|\bgegarandeerd\b"
     r"|\bnooit meer gebeuren\b|\bgarantier\w+|\bnie wieder vorkommen\b|\bgaranti(?:ssons|t|s)\b"
     r"|\bne se reproduira (?:plus|jamais)\b|\bgarantizam\w+|\bgarantizad[oa]s?\b"
     r"|\bno volverá a (?:pasar|ocurrir)\b",
     "It guarantees something.", "Promise what you will do, not how it will turn out."),
    (r"\byou should have\b|\byour (?:own )?fault\b|\byou failed to\b"
     r"|\byou (?:clearly |obviously )?(?:did not|didn't|never) read\b|\bread the (?:manual|terms)\b"
     r"|\b(?:had|moet|moest) (?:je|u) (?:maar|beter|eerst)\b|\beigen schuld\b|\bje eigen fout\b"
     r"|\bsie hätten\b|\bdu hättest\b|\bselbst schuld\b|\bvous auriez dû\b"
     r"|\bvotre (?:propre )?faute\b"
     r"|\btu aurais dû\b|\b(?:debería|deberías|tendrías) (?:usted )?haber\b|\bculpa (?:suya"
     r"|tuya)\b",
     "It blames the customer.", "Say what can be done now."),
    (r"\blawyers?\b|\blegal action\b|\b(?-i:sue)\b|\badvocaat\b|\bjuridische stappen\b"
     r"|\baanklagen\b"
     r"|\banw(?:alt|älte|ältin|älten|alts)\b|\brechtsanw[aä]lt\w*|\brechtliche schritte\b"
     r"|\bverklagen\b|\bavocats?\b|\bpoursuites?\b"
     r"|\babogad[oa]s?\b|\bacciones legales\b|\bdemandar\b",
     "It speaks of lawyers or the law.", "Ask your lead before this stands in public."),
)  # fmt: skip
_COMPILED = tuple((re.compile(shape, re.IGNORECASE), why, fix) for shape, why, fix in _RISKY)


def look(reading: Reading) -> Iterator[Finding]:
    """A finding for each kind of risk, and for each risky word of the brand."""
    for shape, why, fix in _COMPILED:
        places = tuple(found.span() for found in shape.finditer(reading.text))
        if places:
            yield Finding(why, fix, places)
    for pattern in reading.patterns:
        if not pattern.is_forbidden:
            why = f"“{pattern.label}” is on the list of risky words."
            yield Finding(why, "Read it once more as somebody who is angry would.", pattern.places)


CHECK = Check(
    key="risky",
    label="Risky words",
    about="Guilt, guarantees, blame, law, and the brand's own list.",
    severity=Severity.WARN,
    look=look,
)
