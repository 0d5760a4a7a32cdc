"""What the public acknowledgement begins with; people change it as they like."""

from __future__ import annotations

SENTENCES = {
    "en": "{name}, I would like to look into this with you in private: {link}",
    "nl": "{name}, ik kijk hier graag samen met je naar, in een privégesprek: {link}",
    "de": "{name}, das sehe ich mir gern mit Ihnen im privaten Gespräch an: {link}",
    "fr": "{name}, je voudrais voir cela avec vous en privé : {link}",
    "es": "{name}, me gustaría ver esto con usted en privado: {link}",
}


def acknowledgement(language: str, name: str, link: str) -> str:
    """The sentence in the customer's language, else in English; without a name it begins plainly.

    `language` is a code such as `de` or `pt-BR`.
    """
    sentence = SENTENCES.get(language.partition("-")[0].lower(), SENTENCES["en"])
    text = sentence.format(name=name, link=link) if name else sentence[8:].format(link=link)
    return text[:1].upper() + text[1:]
