"""What people say of the demo company, of its competitor and of the market without calling anybody.

The posts stand at the invented network, so that whoever takes one answers below it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from harken.connectors.loopback.network import LoopbackNetwork
from harken.connectors.loopback.parse import url_of
from harken.connectors.loopback.wire import NewPost, Person
from harken.domain.listening.models_mentions import Mention
from harken.domain.listening.services.hear import Ear
from harken.domain.listening.services.settle import dismiss, learn_from
from harken.domain.listening.stored import Post
from harken.domain.people.models import User
from harken.kit import clock
from harken.kit.heard import Heard


class Said(NamedTuple):
    """One post: who wrote it, how many minutes ago, and what."""

    handle: str
    name: str
    followers: int
    minutes: int
    text: str
    lang: str = "en"


SHARED = (
    "Meridian raised the price of the winter service by a third and told nobody. Ask before you "
    "book yours."
)
POSTS = (
    Said("jonas.rad.example", "Jonas Adeyemi", 310, 940, "Nine weeks for a Meridian. Nine. The "
         "shop shrugs, and nobody at the company seems to read anything here."),
    Said("petra.lind.example", "Petra Lindqvist", 88, 610, "Does anybody know whether the Meridian "
         "child seat fits the older frames? The page says nothing about it."),
    Said("samir.k.example", "Samir Khoury", 1240, 455, SHARED),
    Said("ilse.m.example", "Ilse Moreau", 52, 430, f"RT @samir.k.example: {SHARED}"),
    Said("tomasz.example", "Tomasz Wren", 140, 402, f"{SHARED} Same in our town!"),
    Said("noor.rides.example", "Noor Haddad", 2100, 388, f"“{SHARED}” And I just paid it."),
    Said("greta.o.example", "Greta Olsen", 19, 365, SHARED),
    Said("hanna.b.example", "Hanna Brückner", 431, 238, "Mein Meridian steht seit Dienstag in der "
         "Werkstatt und keiner ruft zurück. Schade um das schöne Rad.", "de"),
    Said("luc.velo.example", "Luc Fontaine", 760, 121, "Trois mois avec mon Meridian : le moteur "
         "est parfait, mais où trouver une clé de rechange ?", "fr"),
    Said("amrita.example", "Amrita Sen", 95, 34, "Left my lights on the Meridian overnight and now "
         "the display stays black. Is that me or the bike?"),
    Said("pavel.d.example", "Pavel Dvorak", 64, 505, "Northwheel cancelled my order after seven "
         "weeks, by an automatic mail. Anybody with a cargo bike that exists?"),
    Said("sofie.example", "Sofie Nygaard", 1530, 260, "Third time on hold with Northwheel about "
         "the same broken spoke. I would take any other brand that answers."),
    Said("ben.cargo.example", "Benedict Cole", 205, 75, "North Wheel wants 90 euros to look at a "
         "brake they fitted themselves last month. Where do you all go?"),
    Said("maja.w.example", "Maja Winther", 870, 700, "What do you put on your chain in winter? "
         "Mine is brown after a week of salt."),
    Said("oluwaseun.example", "Oluwaseun Bello", 3300, 330, "Who rides through the snow with the "
         "kids in front? How do you keep their feet warm?"),
    Said("carta.news.example", "Carta", 12000, 820, "Meridian Airlines opens a route to Oslo in "
         "spring, tickets from today."),
)  # fmt: skip


def overhear(network: LoopbackNetwork, service: str) -> None:
    """Let the posts stand at the network and the monitors hear them; two are settled already."""
    heard = [_heard(network, service, each) for each in POSTS]
    ear = Ear()
    ear.refresh()
    ear.hear([Post(each) for each in heard])
    mika, lena = (User.objects.get(username=name) for name in ("mika", "lena"))
    salt = Mention.objects.get(author="maja.w.example")
    learn_from(salt, "Salt and chains come up each November: a guide for it?", by=lena)
    dismiss(Mention.objects.get(author="carta.news.example"), "not_us", "The airline", by=mika)


def _heard(network: LoopbackNetwork, service: str, said: Said) -> Heard:
    author = network.person(Person(said.handle, said.name, said.followers))
    at = clock.now() - timedelta(minutes=said.minutes)
    written = network.write(author, NewPost(said.text, lang=said.lang, at=at))
    return Heard(
        network="loopback",
        uri=written.id,
        author=author.handle,
        text=written.text,
        lang=said.lang,
        sent_at=written.at,
        reach=said.followers,
        url=url_of(written, service.rstrip("/")),
    )
