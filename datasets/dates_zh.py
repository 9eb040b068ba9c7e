"""The ways in which Chinese writes a date: patterns, and what their parts are on a day."""

from __future__ import annotations

from datetime import date

from .ticket_desk_zh import numeral

NUMERALS = "〇一二三四五六七八九"
FINANCIAL = "零壹贰叁肆伍陆柒捌玖"  # of cheques, where a stroke more must not make another number
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
WEEKDAYS = "一二三四五六日"

PATTERNS = (
    # in figures
    "{y}年{m}月{d}日",
    "{y}年{mm}月{dd}日",
    "{y}年{m}月{d}号",
    "{y} 年 {m} 月 {d} 日",
    "{wide}",
    "公元{y}年{m}月{d}日",
    "{yy}年{m}月{d}日",
    "{yy}年{m}月{d}号",
    "{y}年的{m}月{d}号",
    "{y}-{mm}-{dd}",
    "{y}-{m}-{d}",
    "{y}/{m}/{d}",
    "{y}/{mm}/{dd}",
    "{yy}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}.{mm}.{dd}",
    "{y}{mm}{dd}",
    # in numerals
    "{year}年{month}月{day}日",
    "{year_ling}年{month}月{day}日",
    "{year_ling}年{month}月{day}号",
    "{year}年{month}月{nian}日",
    "{yy_numerals}年{month}月{day}日",
    "{yy_numerals}年{month}月{day}号",
    "公元{year}年{month}月{day}日",
    "{y}年{month}月{day}日",
    "{financial}",
    # with the weekday
    "{y}年{m}月{d}日星期{weekday}",
    "{y}年{m}月{d}日 周{weekday}",
    "{y}年{m}月{d}日（星期{weekday}）",
    "{y}年{m}月{d}号礼拜{said}",
    "{y}-{mm}-{dd} 周{weekday}",
    "星期{weekday}，{y}年{m}月{d}日",
    "{year}年{month}月{day}日星期{weekday}",
    "{year_ling}年{month}月{day}号，星期{said}",
    "{yy_numerals}年{month}月{day}号星期{said}",
    "{yy}年{m}月{d}号周{weekday}",
    "周{weekday}，{year_ling}年{month}月{day}号",
)


def parts(day: date) -> dict[str, str]:
    """What stands for each part of a pattern."""
    year = "".join(NUMERALS[int(digit)] for digit in str(day.year))
    ling = year.replace("〇", "零")
    weekday = WEEKDAYS[day.weekday()]
    return {
        "y": str(day.year),
        "yy": f"{day.year % 100:02}",
        "m": str(day.month),
        "mm": f"{day.month:02}",
        "d": str(day.day),
        "dd": f"{day.day:02}",
        "wide": f"{day.year}年{day.month}月{day.day}日".translate(WIDE),
        "year": year,
        "year_ling": ling,
        "yy_numerals": ling[2:],
        "month": numeral(day.month),
        "day": numeral(day.day),
        "nian": numeral(day.day).replace("二十", "廿") if day.day > 20 else numeral(day.day),
        "weekday": weekday,
        "said": weekday.replace("日", "天"),
        "financial": financial(day),
    }


def financial(day: date) -> str:
    """The date of a cheque: 零 stands before months 1, 2 and 10, and before days 1 to 10, 20 and 30."""
    year = "".join(FINANCIAL[int(digit)] for digit in str(day.year))
    month = "零" * (day.month in (1, 2, 10)) + _financial_number(day.month)
    return f"{year}年{month}月{'零' * (day.day < 10 or not day.day % 10)}{_financial_number(day.day)}日"


def _financial_number(number: int) -> str:
    """1 to 99."""
    tens, units = divmod(number, 10)
    return (f"{FINANCIAL[tens]}拾" if tens else "") + (FINANCIAL[units] if units else "")
