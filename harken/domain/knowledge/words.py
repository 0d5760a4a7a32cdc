"""Which words of a text say what it is about, in five languages; plain, without a database."""

from __future__ import annotations

import re
import unicodedata

_LINK = re.compile(r"https?://\S+|[@#][\w.\-]+")
_WORD = re.compile(r"[^\W_]+")
LONGEST = 4000  # characters of a text that are looked at
STEM = 4  # letters of a word that always count; of a longer one all but the last two

_SAID = """
a about again all also am an and any are as at be been before but by can could day days did do
does dont else even every for from get got had has have hello help here hey hi his how i if in
into is it its just like me more much my need new no not now of off ok on one only or our out over
please quick said see she should since so some still than thank thanks that the their them then
there they this to too two up us was way we well were what when where which who why will with
would yes yet you your he her him after because being between both came come back aan al alle als
altijd ben bij dag dan dat de deze die dit doen door een en er geen heb hebben heeft hem het hier
hij hoe ik ja je jij jullie kan kunnen maar meer met mij mijn moet na naar nee niet niets nog nu
om ook op te toch toen tot uit uw van veel voor waar waarom wanneer wat weer wel werd wie wij wil
worden wordt zal ze zei zich zijn zo zou graag hallo hoi bedankt alvast aber auch auf aus bei bin
bis bitte da danke das dass dem den der des dies dieser doch du ein eine einem einen einer es euch
euer fur ganz gibt gut guten habe haben hat hatte ich ihr ihre im ist jetzt kann kein keine konnen
mal man mein meine meinem meinen mich mir mit morgen muss nach nicht noch nun nur ob oder schon
sehr sein seit sich sie sind tag uber um und uns unser vom von vor wann war warum weil wenn wer
wieder wird wo zu zum zur ai alors apres au aussi avec avez avoir bonjour bonsoir c ca ce cela ces
cette comme comment d dans depuis deux elle elles encore est et etait ete etes etre faire fait
faut il ils j jour l la le les leur lui m ma mais meme merci mes moi mon n ne nos notre nous ont
ou oui par pas peu peut plus pour pourquoi qu quand que quel quelle qui rien s sa sans se ses si
soir son sont suis sur svp ta tes toi ton toujours tout tous tres trop tu un une va vos votre vous
y ahora algo alguien alguna alguno ante antes asi aun aunque ayer bien buenas buenos cada como con
cual cuando cuanto del desde dia dias donde dos el ella ellos entre era esa ese eso esta estaba
estan estar este esto estoy fue gracias ha hace hacer han hasta hay hola hoy las lo los mas mi mis
mucho muy nada ni nosotros o otra otro para pero poco por porque puede puedo quien quiero saludos
sea ser sin sobre solo soy su sus tambien tengo tiene tienen toda todo todos una uno usted ustedes
ya yo
"""
COMMON = frozenset(_SAID.split())


def folded(text: str) -> str:
    """Small letters without accents; what is searched and what is searched for."""
    flat = unicodedata.normalize("NFKD", text[:LONGEST].casefold())
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of a text, folded; links, handles and hashtags are no words."""
    return _WORD.findall(folded(_LINK.sub(" ", text[:LONGEST])))


def telling(text: str) -> list[str]:
    """The words that say what a text is about, each once, as they come."""
    found = dict.fromkeys(
        word for word in words(text) if word not in COMMON and (len(word) > 2 or word.isdigit())
    )
    return list(found)


def stem(word: str) -> str:
    """What inflected forms of a word share: its beginning."""
    return word if word.isdigit() else word[: max(STEM, len(word) - 2)]
