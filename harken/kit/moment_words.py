"""The words for days and times in English, Dutch, German, French and Spanish.

Each line is a meaning and how people write it: small letters, without accents. Where a word means
two things, `harken.kit.moments` decides by what stands around it.
"""

from __future__ import annotations

#: What carries no meaning of its own.
_FILLERS = """
the on of at until till for by and o'clock clock
tot om op de het en bis um am an den der dem und uhr
le la les a au aux du des et jusqu'a jusqu'au hasta el los las del para por y
"""

IN = frozenset(["in", "over", "dans", "dentro", "after", "na", "nach", "apres", "within", "binnen"])

_NUMBERS = """
1: one an ein eine einen einer einem een un une una uno
2: two twee zwei deux dos couple
3: three drie drei trois tres
4: four vier quatre cuatro
5: five vijf funf fuenf cinq cinco
6: six zes sechs seis
7: seven zeven sieben sept siete
8: eight acht huit ocho
9: nine negen neun neuf nueve
10: ten tien zehn dix diez
12: twelve twaalf zwolf zwoelf douze doce
15: fifteen vijftien quinze quince
20: twenty twintig zwanzig vingt veinte
30: thirty dertig dreissig trente treinta
"""

_UNITS = """
minute: m min mins minute minutes minuut minuten minuto minutos
hour: h hr hrs hour hours u uur uren std stunde stunden heure heures hora horas
day: d day days dag dagen tag tage tagen jour jours dia dias
week: w wk week weeks weken woche wochen semaine semaines semana semanas
month: month months maand maanden monat monate monaten mois mes meses
"""

_WEEKDAYS = """
0: monday mon maandag ma montag mo lundi lun lunes
1: tuesday tue tues dinsdag di dienstag mardi martes
2: wednesday wed woensdag wo mittwoch mi mercredi mer miercoles mie
3: thursday thu thur thurs donderdag do donnerstag jeudi jeu jueves jue
4: friday fri vrijdag vr freitag fr vendredi ven viernes vie
5: saturday sat zaterdag za samstag sa sonnabend samedi sam sabado sab
6: sunday sun zondag zo sonntag so dimanche dim domingo dom
"""

_MONTHS = """
1: january jan januari januar janvier janv enero ene
2: february feb februari februar fevrier fevr fev febrero
3: march mar maart mrt marz maerz mars marzo
4: april apr avril avr abril abr
5: may mei mai mayo
6: june jun juni juin junio
7: july jul juli juillet juil julio
8: august aug augustus aout agosto ago
9: september sep sept septembre septiembre
10: october oct oktober okt octobre octubre
11: november nov novembre noviembre
12: december dec dezember dez decembre diciembre dic
"""

#: Phrases that mean one thing; the longer ones are looked for first.
_PHRASES = """
today: today|vandaag|heute|aujourd'hui|hoy|later today|straks|spater|plus tard|mas tarde
tomorrow: tomorrow|tmrw|demain
overtomorrow: day after tomorrow|overmorgen|ubermorgen|uebermorgen|apres-demain|apres demain
overtomorrow: pasado manana
tonight: tonight|this evening|vanavond|heute abend|ce soir|esta noche
thisafternoon: this afternoon|vanmiddag|heute nachmittag|cet apres-midi|cet apres midi|esta tarde
thismorning: this morning|vanmorgen|vanochtend|heute fruh|heute morgen|ce matin|esta manana
tomorrowmorning: morgenochtend|morgenvroeg|morgen vroeg|morgen fruh|morgen vormittag
tomorrowmorning: manana por la manana|manana temprano
tomorrowafternoon: morgenmiddag|morgen middag|morgen nachmittag|manana por la tarde
tomorrowevening: morgenavond|morgen avond|morgen abend|manana por la noche
morning: morning|ochtend|fruh|vormittag|matin|por la manana
noon: noon|midday|mittag|midi|mediodia
afternoon: afternoon|middag|namiddag|nachmittag|apres-midi|apres midi|tarde|por la tarde
evening: evening|night|avond|abend|soir|noche|por la noche
eod: eod|end of day|end of the day|einde dag|einde van de dag|feierabend|fin de journee
eod: final del dia|fin del dia
eow: eow|end of week|end of the week|einde week|einde van de week|ende der woche
eow: fin de semaine|final de la semana
weekend: weekend|wochenende|week-end|fin de semana
nextweek: next week|volgende week|nachste woche|naechste woche|semaine prochaine|proxima semana
nextweek: semana que viene
nextmonth: next month|volgende maand|nachsten monat|naechsten monat|mois prochain|proximo mes
nextmonth: mes que viene
nextworkday: next business day|next working day|next workday|volgende werkdag|nachster werktag
nextworkday: nachsten werktag|naechster werktag|prochain jour ouvre|jour ouvre suivant
nextworkday: proximo dia laborable|siguiente dia laborable|proximo dia habil
workhour: business hour|business hours|working hour|working hours|work hours|werkuur|werkuren
workhour: arbeitsstunde|arbeitsstunden|heure ouvree|heures ouvrees|heures ouvrables
workhour: hora laborable|horas laborables|horas habiles
workday: business day|business days|working day|working days|workday|workdays|werkdag|werkdagen
workday: arbeitstag|arbeitstage|arbeitstagen|werktag|werktage|werktagen|jour ouvre|jours ouvres
workday: jours ouvrables|dia laborable|dias laborables|dia habil|dias habiles
halfhour: half an hour|half hour|halfuur|half uur|een half uur|halbe stunde|eine halbe stunde
halfhour: einer halben stunde|demi-heure|demi heure|une demi-heure|une demi heure|media hora
next: next|volgende|nachste|nachsten|nachster|naechste|naechsten|kommende|kommenden|komende
next: prochain|prochaine|proximo|proxima|que viene
this: this|dit|deze|diese|diesen|dieser|ce|cet|cette|este|esta
"""


def _table(text: str, between: str | None = None) -> dict[str, str]:
    lines = (line.split(":", 1) for line in text.strip().splitlines())
    return {word.strip(): meaning for meaning, words in lines for word in words.split(between)}


NUMBERS = {word: int(number) for word, number in _table(_NUMBERS).items()}
UNITS = _table(_UNITS)
FILLERS = frozenset(_FILLERS.split())
WEEKDAYS = {word: int(day) for word, day in _table(_WEEKDAYS).items()}
MONTHS = {word: int(month) for word, month in _table(_MONTHS).items()}
PHRASES = _table(_PHRASES, "|")
LONGEST_PHRASE = max(len(phrase.split()) for phrase in PHRASES)
