"""The ticket desk in Chinese: cities, and the grammar that `ticket_desk` draws from."""

from __future__ import annotations

CITIES = (
    "郑州 北京 上海 广州 深圳 天津 重庆 成都 杭州 南京 武汉 西安 苏州 长沙 沈阳 青岛 大连 厦门 宁波 "
    "无锡 福州 济南 合肥 昆明 哈尔滨 长春 南昌 南宁 贵阳 太原 石家庄 兰州 银川 西宁 拉萨 乌鲁木齐 "
    "海口 三亚 温州 泉州 常州 徐州 烟台 潍坊 扬州 镇江 台州 嘉兴 金华 佛山 东莞 中山 惠州 唐山 保定 "
    "邯郸 大同 包头 吉林 鞍山 齐齐哈尔 宜昌 襄阳 岳阳 张家口 张家界 连云港 景德镇 敦煌 喀什 延安 开封 "
    "呼和浩特 秦皇岛 牡丹江 攀枝花 平顶山 嘉峪关 芜湖 遵义 株洲 湖州 赣州 沧州 锦州 荆州 黄石 绵阳 "
    "信阳 新乡 淮安 盐城 泰州 宿迁 蚌埠 上饶 赤峰 丹东 营口 通化 台北 高雄 香港 澳门"
).split()

# These occur only in test sentences.
HELD_OUT = (
    "洛阳 珠海 桂林 丽江 绍兴 柳州 汕头 湛江 威海 北海 衡阳 九江 咸阳 泰安 南通 黄山 安庆 西昌 景洪 "
    "昆山 乐山 德州 张家港 武夷山"
).split()

UNSEEN = frozenset({"我一月一号去郑州", "我一月一号离开郑州"})

DIGITS = "一二三四五六七八九"
LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def numeral(number: int) -> str:
    """1 to 99 in Chinese numerals: 十, 十二, 二十, 三十一."""
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十"
    return head + (DIGITS[units - 1] if units else "")


RULES = {
    # Who and how; an empty alternative leaves the place empty.
    "hello": ("", "", "", "你好，", "您好，", "请问", "麻烦你，"),
    "thanks": ("", "", "", "，谢谢", "，麻烦了", "，可以吗", "。"),
    "i": ("我", "我", "我", "我们", "我爸", "我妈妈", "我同事", "他", "她", "他们", "客人"),
    "want": ("想", "要", "打算", "准备", "希望", "得", "想要", "需要"),
    "who": ("我妈妈", "我女儿", "孩子", "朋友", "老板", "我爱人", "两个同事"),
    "go": ("去", "去", "去", "到", "回", "飞往", "前往", "抵达", "到达", "飞去", "赶往", "赴", "飞"),
    "leave": ("离开", "飞离", "告别"),
    "from": ("从", "从", "自", "由"),
    "depart": ("出发", "动身", "启程", "走", "起飞"),
    "book": ("订", "买", "我要订", "我想买", "帮我订", "给我来", "预订", "我需要"),
    "count": ("", "一张", "两张", "三张", "五张", "十张", "几张"),
    "ticket": ("票", "机票", "火车票", "高铁票", "车票", "头等舱"),
    "ride": ("火车", "高铁", "飞机", "航班", "大巴", "动车"),
    "price": ("多少钱", "票价多少", "要多少钱", "贵不贵", "什么价格"),
    "when": ("几点开", "什么时候开", "几点发车", "几点有"),
    # Times. {time} is when the customer travels, {date} any other time.
    "time": ("{time=moment}",),
    "date": ("{moment}",),
    "moment": ("{day}", "{day}", "{day}", "{day}{clock}", "{clock}"),
    "day": ("{monthday}", "{monthday}", "{monthday}", "{relative}", "{week}", "{week}", "{feast}"),
    "monthday": ("{month_day}号", "{month_day}日", "{figures}号", "{figures}日", "{next_month}{day_number}号"),
    "month_day": tuple(f"{numeral(m)}月{numeral(d)}" for m in range(1, 13) for d in range(1, LAST_DAYS[m - 1] + 1)),
    "figures": tuple(f"{m}月{d}" for m in range(1, 13) for d in range(1, LAST_DAYS[m - 1] + 1)),
    "next_month": ("", "本月", "这个月", "下个月", "下月"),
    "day_number": tuple(numeral(day) for day in range(1, 32)),
    "relative": ("今天", "明天", "后天", "大后天", "今晚", "明晚", "明早", "后天一早", "月底", "下个月初", "周末"),
    "week": ("{which}周{weekday}", "{which}星期{weekday}", "{which}礼拜{weekday}"),
    "which": ("", "这", "本", "下"),
    "weekday": ("一", "二", "三", "四", "五", "六", "日"),
    "feast": ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节", "圣诞节", "除夕"),
    "clock": ("{morning}点{minutes}", "{noon}点{minutes}", "{afternoon}点{minutes}", "{evening}点{minutes}"),
    "morning": tuple(part + hour for part in ("早上", "上午") for hour in "七 八 九 十 8 9 10".split()),
    "noon": ("中午十一", "中午十二", "中午一", "中午12"),
    "afternoon": tuple(part + hour for part in ("下午", "下午", "傍晚") for hour in "一 两 三 四 五 六 3 4".split()),
    "evening": tuple("晚上" + hour for hour in "七 八 九 十 十一 8 9 10".split()),
    "minutes": ("", "", "", "半", "一刻", "三刻", "十分", "二十分"),
    # Cities. {to} and {off} are where the journey ends and begins, {city} any other.
    "to": ("{destination=city}",),
    "off": ("{origin=city}",),
}

FRAMES = (
    ("book", "{hello}{i}{time}{go}{to}{thanks}"),
    ("book", "{i}{time}{go}{to}"),
    ("book", "{i}{time}{leave}{off}"),
    ("book", "{hello}{i}{time}{leave}{off}{thanks}"),
    ("book", "{time}{i}{want}{go}{to}{thanks}"),
    ("book", "{time}{i}{want}{leave}{off}{thanks}"),
    ("book", "{hello}{i}{want}{time}{go}{to}"),
    ("book", "{hello}{i}{want}{time}{leave}{off}"),
    ("book", "{i}{want}{go}{to}，{time}{depart}"),
    ("book", "{i}{time}{from}{off}{depart}{thanks}"),
    ("book", "{i}{time}{from}{off}{go}{to}{thanks}"),
    ("book", "{hello}{i}{want}{from}{off}{go}{to}"),
    ("book", "{from}{off}{go}{to}，{time}{depart}"),
    ("book", "{i}{want}{go}{to}，{from}{off}{depart}，{time}走"),
    ("book", "{i}{time}{leave}{off}{go}{to}"),
    ("book", "{time}{off}飞{to}{thanks}"),
    ("book", "{hello}{book}{count}{time}{go}{to}的{ticket}{thanks}"),
    ("book", "{book}{count}{time}{to}的{ticket}"),
    ("book", "{hello}{book}{count}{time}{from}{off}到{to}的{ticket}"),
    ("book", "{book}{count}{off}到{to}的{ticket}，{time}的"),
    ("book", "{book}{count}{time}{leave}{off}的{ticket}"),
    ("book", "{i}{want}带{who}{time}{go}{to}玩"),
    ("book", "{i}在{city}工作，{time}{want}{go}{to}"),
    ("book", "{i}是{city}人，{time}{leave}{off}"),
    ("book", "{i}不去{city}，{time}{want}去{to}"),
    ("book", "{time}不是去{city}，是去{to}"),
    ("book", "{i}不从{city}走，{time}{from}{off}{depart}"),
    ("book", "{i}{time}去{city}，不对，是去{to}"),
    ("book", "{i}刚从{city}回来，{time}又{want}{go}{to}"),
    ("book", "{i}没去过{city}，{want}{time}{go}{to}看看"),
    ("book", "{i}{time}{from}{off}经{city}{go}{to}"),
    ("book", "{i}{time}路过{city}{go}{to}"),
    ("book", "{i}{date}过生日，{want}{time}{go}{to}"),
    ("book", "{i}{date}要开会，{time}{leave}{off}"),
    ("book", "{date}是{who}的生日，{i}{time}{go}{to}"),
    ("refund", "{hello}{i}{want}退{time}{go}{to}的{ticket}"),
    ("refund", "把{time}{from}{off}到{to}的{ticket}退了{thanks}"),
    ("refund", "{time}{leave}{off}的{ticket}能退吗"),
    ("refund", "{i}不去{city}了，{ticket}退了吧"),
    ("refund", "退掉{off}到{to}的{ticket}，{time}的"),
    ("change", "{hello}把{date}的{ticket}改到{time}{thanks}"),
    ("change", "{i}{want}把去{city}的{ticket}改成去{to}的"),
    ("change", "{date}走不了了，改成{time}{go}{to}"),
    ("change", "{ticket}改签到{time}，{from}{off}{depart}"),
    ("change", "不{leave}{city}了，改成{time}{leave}{off}"),
    ("ask_price", "{hello}{time}{go}{to}的{ticket}{price}"),
    ("ask_price", "{hello}{from}{off}到{to}{price}"),
    ("ask_price", "{off}飞{to}{price}，{time}的"),
    ("ask_price", "{time}{from}{off}{depart}的{ticket}{price}"),
    ("ask_price", "{time}{to}的{ticket}{price}"),
    ("ask_time", "{hello}{time}{go}{to}的{ride}{when}"),
    ("ask_time", "{from}{off}到{to}要多久"),
    ("ask_time", "{time}{from}{off}{depart}的{ride}{when}"),
    ("ask_time", "{hello}{off}开往{to}的{ride}{when}"),
    ("ask_time", "{time}{leave}{off}的{ride}{when}"),
    ("other", "{hello}{city}的天气怎么样"),
    ("other", "{date}{city}的天气怎么样"),
    ("other", "{i}喜欢{city}{thanks}"),
    ("other", "{city}有什么好吃的"),
    ("other", "{i}{date}在{city}开会"),
    ("other", "{i}{date}没去{city}"),
    ("other", "{i}去过{city}"),
    ("other", "{date}是{who}的生日"),
    ("other", "{i}{date}过生日{thanks}"),
    ("other", "{i}住在{city}{thanks}"),
)
