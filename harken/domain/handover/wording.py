"""What the public acknowledgement begins with; people change it as they like."""

from __future__ import annotations

# Long enough to say what is behind the link, short enough for the smallest network with it.
SENTENCES = {
    "en": "{name}, I would like to look into this with you in private, where nobody else reads. "
    "This page of ours opens once, for you: {link}",
    "nl": "{name}, ik kijk hier graag samen met je naar, waar niemand anders meeleest. "
    "Deze pagina van ons gaat één keer open, voor jou: {link}",
    "de": "{name}, das sehe ich mir gern mit Ihnen an, wo sonst niemand mitliest. "
    "Diese Seite von uns öffnet sich einmal, für Sie: {link}",
    "fr": "{name}, je voudrais voir cela avec vous, là où personne d'autre ne lit. "
    "Cette page de chez nous s'ouvre une fois, pour vous : {link}",
    "es": "{name}, me gustaría ver esto con usted donde nadie más lo lea. "
    "Esta página nuestra se abre una vez, para usted: {link}",
}


def acknowledgement(language: str, name: str, link: str) -> str:
    """The sentence in the customer's language, else in English; without a name it begins plainly.

    `language` is a code such as `de` or `pt-BR`.
    """
    sentence = SENTENCES.get(language.partition("-")[0].lower(), SENTENCES["en"])
    text = sentence.format(name=name, link=link) if name else sentence[8:].format(link=link)
    return text[:1].upper() + text[1:]
