"""The ways in which English writes a date: patterns, and what their parts are on a day."""

from __future__ import annotations

from datetime import date

from .ticket_desk_en import ordinal

MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth "
    "twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
).split()
NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()

PATTERNS = (
    # in words, the day first
    "{d} {month} {y}",
    "{dth} {month} {y}",
    "{dth} of {month} {y}",
    "the {dth} of {month}, {y}",
    "the {nth} of {month} {y}",
    "the {nth} of {month}, {year}",
    "{d} {MONTH} {y}",
    "{d} {mon} {y}",
    "{dd} {mon} {y}",
    "{dd}-{mon}-{y}",
    "{d}-{mon}-{yy}",
    "{d} {mon} '{yy}",
    # the month first
    "{month} {d}, {y}",
    "{month} {d} {y}",
    "{month} {dth}, {y}",
    "{month} the {nth}, {y}",
    "{month} {nth}, {year}",
    "{MONTH} {d}, {y}",
    "{mon} {d}, {y}",
    "{mon_dot} {d}, {y}",
    "{mon} {d} '{yy}",
    # the year first
    "{y} {month} {d}",
    "{y}, {month} {dth}",
    "{y}-{mon}-{dd}",
    # with the weekday
    "{wd}, {d} {mon} {y}",
    "{wd} {mon} {dd} {y}",
    "{wd}, {mon} {d} '{yy}",
    "{weekday}, {d} {month} {y}",
    "{weekday} {dth} {month} {y}",
    "{weekday}, the {dth} of {month}, {y}",
    "{weekday}, the {nth} of {month}, {year}",
    "{weekday}, {month} {d}, {y}",
    "on {weekday}, {month} {dth}, {y}",
    # in figures
    "{m}/{d}/{y}",
    "{mm}/{dd}/{y}",
    "{mm}/{dd}/{yy}",
    "{wd} {m}/{d}/{y}",
    "{d}.{m}.{y}",
    "{dd}.{mm}.{y}",
    "{dd}.{mm}.{yy}",
    "{y}-{mm}-{dd}",
    "{y}/{mm}/{dd}",
    "{y}.{m}.{d}",
    "{y}{mm}{dd}",
)


def parts(day: date) -> dict[str, str]:
    """What stands for each part of a pattern."""
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    short = month[:3]
    return {
        "y": str(day.year),
        "yy": f"{day.year % 100:02}",
        "year": year_in_words(day.year),
        "m": str(day.month),
        "mm": f"{day.month:02}",
        "month": month,
        "MONTH": month.upper(),
        "mon": short,
        "mon_dot": short if short == month else f"{short}.",
        "d": str(day.day),
        "dd": f"{day.day:02}",
        "dth": ordinal(day.day),
        "nth": ORDINALS[day.day - 1],
        "weekday": weekday,
        "wd": weekday[:3],
    }


def year_in_words(year: int) -> str:
    """A year of 1900 to 2099 as it is said: nineteen oh five, two thousand and one, twenty fifteen."""
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        return f"two thousand and {NUMBERS[rest - 1]}" if rest else "two thousand"
    if not rest:
        return f"{_number(century)} hundred"
    return f"{_number(century)} {'oh ' if rest < 10 else ''}{_number(rest)}"


def _number(number: int) -> str:
    """1 to 99 in words."""
    if number < 20:
        return NUMBERS[number - 1]
    tens, units = divmod(number, 10)
    return TENS[tens - 2] + (f"-{NUMBERS[units - 1]}" if units else "")
