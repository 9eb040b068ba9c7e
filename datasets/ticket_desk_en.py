"""The ticket desk in English: cities, and the grammar that `ticket_desk` draws from."""

from __future__ import annotations

CITIES = (
    "zhengzhou, beijing, shanghai, taipei, tokyo, osaka, seoul, bangkok, singapore, manila, delhi, mumbai, dubai, "
    "cairo, nairobi, lagos, cape town, moscow, berlin, munich, hamburg, paris, lyon, madrid, barcelona, lisbon, "
    "rome, milan, vienna, zurich, geneva, prague, warsaw, london, dublin, oslo, stockholm, helsinki, athens, "
    "istanbul, new york, boston, chicago, denver, dallas, houston, seattle, miami, atlanta, detroit, memphis, "
    "phoenix, san jose, san francisco, santa cruz, los angeles, las vegas, salt lake city, fort worth, saint paul, "
    "kansas city, el paso, long beach, buenos aires, toronto, montreal, mexico city, sao paulo, lima, bogota, "
    "sydney, perth, auckland, hong kong"
).split(", ")

# These occur only in test sentences.
HELD_OUT = (
    "kyoto, jakarta, casablanca, naples, porto, budapest, brussels, edinburgh, copenhagen, baltimore, "
    "pittsburgh, new orleans, san diego, san antonio, santa fe, saint louis, quebec city, vancouver, melbourne"
).split(", ")

UNSEEN = frozenset({"i go to zhengzhou on january 1st", "i leave zhengzhou on january 1st"})

MONTHS = "january february march april may june july august september october november december".split()
LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st, ..."""
    ending = "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


RULES = {
    "please": ("", "", "", "hello", "hi", "excuse me", "good morning"),
    "thanks": ("", "", "", "please", "thanks", "thank you"),
    "i": ("i", "i", "i", "we", "my friends", "my parents", "our guests", "they"),
    "want": ("want to", "would like to", "need to", "have to", "plan to", "hope to"),
    "go": ("go to", "fly to", "travel to", "get to", "head to", "go back to", "arrive in", "leave for", "visit"),
    "leave": ("leave", "depart from", "fly out of", "start from", "fly from", "get out of"),
    "book": ("book", "i want", "give me", "i would like", "please find me", "reserve", "i need"),
    "ticket": ("a ticket", "two tickets", "a flight", "a seat", "three seats", "a return ticket", "one way tickets"),
    "this_ticket": ("the ticket", "my ticket", "the flight", "my seat"),
    "cost": ("how much is", "what is the price of", "what is the fare for"),
    "ride": ("train", "plane", "bus", "flight", "first train", "last flight"),
    # Times. {time} is when the customer travels, {date} any other time; the preposition is outside the slot.
    "time": ("on {time=calendar}", "{time=relative}", "{time=relative}", "at {time=clock}"),
    "date": ("on {calendar}", "{relative}", "{relative}", "at {clock}"),
    "calendar": ("{month_day}", "{month_day}", "{day_month}", "{weekday}", "{feast}", "{month_day} at {clock}"),
    "feast": ("christmas day", "christmas eve", "new year's day", "easter sunday", "{weekday} {part}"),
    "month_day": tuple(
        f"{m} {ordinal(d)}" for m, last in zip(MONTHS, LAST_DAYS, strict=True) for d in range(1, last + 1)
    ),
    "day_month": tuple(f"the {ordinal(day)} of {month}" for month in MONTHS for day in range(1, 29)),
    "weekday": ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "part": ("morning", "afternoon", "evening"),
    "relative": ("{near}", "{near} at {clock}", "{which} {weekday}", "{which} {weekday} {part}", "{which} week"),
    "near": ("today", "tonight", "tomorrow", "tomorrow {part}", "this {part}", "the day after tomorrow"),
    "which": ("next", "this", "next"),
    "clock": ("{hour} {half}", "{hour} {minutes} {half}", "{hour} o'clock", "noon", "midnight"),
    "hour": tuple(str(hour) for hour in range(1, 13)),
    "minutes": ("15", "20", "30", "45", "50"),
    "half": ("am", "pm"),
    # Cities. {to} and {off} are where the journey ends and begins, {city} any other.
    "to": ("{destination=city}",),
    "off": ("{origin=city}",),
}

FRAMES = (
    ("book", "{please} {i} {go} {to} {time} {thanks}"),
    ("book", "{please} {i} {leave} {off} {time} {thanks}"),
    ("book", "{i} {want} {go} {to} {time}"),
    ("book", "{i} {want} {leave} {off} {time}"),
    ("book", "{time} {i} {want} {go} {to}"),
    ("book", "{time} {i} {want} {leave} {off}"),
    ("book", "arrive {to} {time}"),
    ("book", "leave {off} {time}"),
    ("book", "{i} {go} {to} from {off} {time}"),
    ("book", "{i} {want} {leave} {off} and {go} {to} {time}"),
    ("book", "{i} {want} fly from {off} to {to} {time} {thanks}"),
    ("book", "from {off} to {to} {time} {thanks}"),
    ("book", "to {to} from {off} leaving {time}"),
    ("book", "{off} to {to} {time} {thanks}"),
    ("book", "{book} {ticket} to {to} {time}"),
    ("book", "{book} {ticket} from {off} {time} {thanks}"),
    ("book", "{book} {ticket} from {off} to {to} {time}"),
    ("book", "{book} {ticket} to {to} from {off} {time} {thanks}"),
    ("book", "{book} {ticket} for {time=relative} to {to}"),
    ("book", "{book} {ticket} departing {off} {time}"),
    ("book", "{i} {want} take the children to {to} {time}"),
    ("book", "{i} live in {city} and {want} {go} {to} {time}"),
    ("book", "{i} work in {city} but {leave} {off} {time}"),
    ("book", "not to {city} but to {to} {time}"),
    ("book", "{i} {go} {to} {time} and not to {city}"),
    ("book", "not from {city} but from {off} {time}"),
    ("book", "{i} {go} {city} sorry i mean to {to} {time}"),
    ("book", "{i} just came from {city} and now {want} {go} {to} {time}"),
    ("book", "{i} {want} {go} {to} through {city} {time}"),
    ("book", "from {off} to {to} with a stop in {city} {time}"),
    ("book", "my birthday is {date} so {i} {want} {go} {to} {time}"),
    ("book", "there is a meeting {date} so {i} {leave} {off} {time}"),
    ("refund", "{please} cancel {this_ticket} to {to} {time}"),
    ("refund", "cancel {this_ticket} from {off} {time} {thanks}"),
    ("refund", "can i get my money back for {this_ticket} from {off} to {to} {time}"),
    ("refund", "{i} will not go to {city} so take {this_ticket} back"),
    ("refund", "{i} {want} return {this_ticket} to {to} leaving {time}"),
    ("change", "{please} move {this_ticket} to {time=relative}"),
    ("change", "change {this_ticket} from {relative} to {time=relative} {thanks}"),
    ("change", "change {this_ticket} to {city} into one to {to}"),
    ("change", "{i} cannot travel {date} so change it to {to} {time}"),
    ("change", "instead of leaving {city} i will leave {off} {time}"),
    ("ask_price", "{please} {cost} {ticket} to {to} {time}"),
    ("ask_price", "{cost} {ticket} from {off} to {to}"),
    ("ask_price", "{cost} {ticket} leaving {off} {time}"),
    ("ask_price", "{cost} it to fly to {to} {time}"),
    ("ask_price", "{off} to {to} how much is that {time}"),
    ("ask_time", "{off} to {to} what flights are there {time}"),
    ("refund", "{off} to {to} {time} please cancel it"),
    ("ask_time", "{please} when does the {ride} to {to} leave {time}"),
    ("ask_time", "when does the {ride} from {off} leave {time}"),
    ("ask_time", "how long does it take from {off} to {to}"),
    ("ask_time", "when does the {ride} leaving {off} get to {to} {time}"),
    ("other", "{please} how is the weather in {city} {date}"),
    ("other", "{i} like {city} {thanks}"),
    ("other", "what can i eat in {city}"),
    ("other", "{i} have a meeting in {city} {date}"),
    ("other", "{i} have been to {city}"),
    ("other", "{i} did not go to {city}"),
    ("other", "my birthday is {date}"),
    ("other", "{i} live in {city} {thanks}"),
)
