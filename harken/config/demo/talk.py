"""What people say about the demo company among themselves: they name it and call nobody.

Neither its handle nor the hashtag its channel listens for stands in these: only a source that
hears everything, and a monitor that knows the name, find them.
"""

from __future__ import annotations

import random

from harken.config.demo.scene import Cast, Customer

SAYS = {
    "en": (
        "Three weeks and the Meridian workshop still has no date for me. Is that normal? #cycling",
        "Thinking about a Meridian for the school run. Anybody who has one with two child seats?",
        "My neighbour's meridan battery died in the snow again. Glad I ride without one.",
        "Northwheel has not answered me for six days now. Who else makes a bike that folds?",
        "Second winter on my Meridian and the brakes still bite. Just saying. #winterbike",
    ),
    "nl": (
        "Weet iemand of Meridian ook fietsen van een ander merk repareert? #fietsen",
        "De remmen van mijn Meridian piepen alsof er een trein binnenkomt. Wie kent dat?",
        "Northwheel neemt al een week de telefoon niet op. Zijn ze bij Meridian sneller?",
    ),
    "de": (
        "Der Akku meines Meridian hält nur noch bis zum Bahnhof. Hat das noch jemand? #pendeln",
        "Überlege, vom Northwheel auf ein Meridian zu wechseln. Wie ist die Werkstatt?",
        "Meridan sagt seit Montag, mein Rad sei unterwegs. Unterwegs wohin?",
    ),
    "fr": (
        "Quelqu'un a déjà changé la batterie d'un Meridian sans passer par l'atelier ?",
        "Mon frein Meridian couine sous la pluie, c'est grave ? #velotaf",
    ),
    "es": (
        "¿Alguien sabe si Meridian arregla frenos el sábado? #enbici",
        "Northwheel me dice que espere otro mes. Mirando una Meridian, la verdad.",
    ),
}


def overheard(dice: random.Random, cast: Cast) -> tuple[Customer, str, str]:
    """Somebody, what they say about the company or its competitor, and in which language."""
    lang = dice.choice(list(SAYS))
    return cast.anyone(lang), dice.choice(SAYS[lang]), lang
