"""What checks know of words in five languages: greetings, courtesy, promises, dates."""

from __future__ import annotations

import re
import unicodedata

LINK = re.compile(r"https?://[^\s<>\"']+|(?<![\w@])www\.[^\s<>\"']+", re.IGNORECASE)
MENTION = re.compile(r"(?<!\w)@[\w.\-]+")
HASHTAG = re.compile(r"(?<!\w)#\w+")
WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")

GREETING = (
    r"hi|hello|hey|dear|good (?:morning|afternoon|evening)|thanks|thank you|sorry"
    r"|hallo|hoi|dag|beste|goedemorgen|goedemiddag|goedenavond|bedankt|dank je|dank u"
    r"|guten (?:morgen|tag|abend)|liebe[rs]?|moin|servus|grüezi|danke|sehr geehrte[rs]?"
    r"|bonjour|bonsoir|salut|cher|chère|merci|désolée?"
    r"|hola|buenos días|buenas (?:tardes|noches)|estimad[oa]|querid[oa]|gracias"
)
# fmt: off
NAMELESS = frozenset(
    [
        "there", "all", "everyone", "everybody", "team", "both", "again", "you", "u", "jij",
        "jullie", "allemaal", "iedereen", "samen", "zusammen", "alle", "ihr", "euch",
        "tous", "toutes", "vous", "madame", "monsieur", "mevrouw", "meneer", "heer", "frau",
        "herr", "señor", "señora", "sir", "madam", "ms", "mr", "mrs", "miss", "ma'am",
        "customer", "klant", "kunde", "client", "cliente", "friend", "wieder", "nochmal",
        "encore", "todos", "todas", "a", "we", "for", "voor", "für", "pour", "por", "the",
        "de", "het", "een", "die", "das", "le", "la", "les", "el", "los", "las", "dat",
        "is", "that", "to", "so", "voor's"
    ]
)
# fmt: on
WEEKDAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
)
MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
    r"|januari|februari|maart|mei|juni|juli|augustus|oktober|januar|februar|märz|mai|dezember"
    r"|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
_UNITS = (
    r"minutes?|mins?|hours?|days?|weeks?|months?|minuten|minuut|uur|uren|dag(?:en)?|werkdagen"
    r"|we[ek]+en"
    r"|maand(?:en)?|stunden?|tagen?|werktagen?|wochen?|monat(?:en|e)?|heures?|jours?|semaines?|mois"
    r"|minutos?|horas?|días?|semanas?|mes(?:es)?"
)
#: A moment that a customer could hold us to.
MOMENT = re.compile(
    rf"\b(?:{WEEKDAYS})\b|\b(?:{MONTHS})\b|\b\d{{1,2}}[:.h]\d{{2}}\b|\b\d{{1,2}}\s?(?:am|pm|uhr"
    rf"|uur|h)\b"
    r"|\b\d{1,2}[-/.]\d{1,2}(?:[-/.]\d{2,4})?(?!\d)|\b20\d{2}-\d{2}-\d{2}\b"
    rf"|\b(?:\d+|a|an|one|two|three|een|twee|drie|ein(?:e[mnr]?)?|zwei|drei|une?|deux|trois"
    rf"|una?|dos|tres)"
    rf"(?: (?:working|business))? (?:{_UNITS})\b"
    r"|\b(?:today|tonight|tomorrow|this (?:morning|afternoon|evening|week)|next week"
    r"|end of (?:the )?day"
    r"|noon|midday|midnight|(?:\d+|\w+) o['’]clock|\d+ tomorrow"
    r"|vandaag|vanavond|vanmiddag|(?<!guten )(?<!goede )morgen|overmorgen|deze week|volgende week"
    r"|heute|übermorgen|diese woche|nächste woche"
    r"|aujourd['’]hui|ce soir|demain|cette semaine|la semaine prochaine"
    r"|hoy|esta (?:tarde|noche|semana)|mañana|la semana que viene|la próxima semana)\b",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """Small letters without accents, for comparing names and words."""
    flat = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text, folded; links, handles and hashtags are no words."""
    return [folded(found[0]) for found in WORD.finditer(bare(text))]


def bare(text: str) -> str:
    """The text with links, handles and hashtags blanked out; places stay as they are."""
    for pattern in (LINK, MENTION, HASHTAG):
        text = pattern.sub(lambda found: " " * len(found[0]), text)
    return text
