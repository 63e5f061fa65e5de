"""Text that is known to the letter: sentences made by chance, none of them twice."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

_GOODS = (
    "紫砂茶壶",
    "青瓷花瓶",
    "竹编灯罩",
    "亚麻桌布",
    "陶土花盆",
    "樟木书箱",
    "藤椅坐垫",
    "铜制香炉",
)
_CITIES = ("宜兴", "景德镇", "安吉", "哈尔滨", "佛山", "苏州", "昆明", "泉州")
_TEAMS = ("仓储部", "质检组", "运输队", "采购科", "财务处", "档案室")
_CHINESE = (
    "第{n}批{goods}于{month}月{day}日运抵{city}，经{team}逐件验收合格后入库。",
    "{team}在复核时发现，{city}送来的{goods}有{few}件外箱受潮，已按规程单独存放并拍照留档。",
    "按照编号{n}的约定，{goods}的运费由{city}一方承担，超过{few}天未提货的，每天另收保管费。",
    "如果{city}的库房温度连续{few}天高于三十度，{team}应当把{goods}移到北侧的阴凉处，并在台账第{n}页登记。",
    "去年{month}月，{city}一共售出{goods}{n}件，其中退回{few}件，主要是因为颜色与样品不一致！",
    "为什么{goods}在{city}的损耗比别处高？{team}查看了编号{n}的记录，认为装卸次数过多是主要原因。",
)
_THINGS = ("teapots", "lanterns", "baskets", "curtains", "cabinets", "carpets", "mirrors")
_PLACES = ("Harbin", "Quanzhou", "Kunming", "Suzhou", "Foshan", "Anji")
_ENGLISH = (
    "Shipment number {n} of {things} reached {place} on the {day}th day of the month and was"
    " inspected before it entered the warehouse.",
    "The inspectors noticed that {few} of the {things} from {place} had been exposed to"
    " considerable moisture, although the packaging appeared undamaged.",
    "Under agreement {n}, transportation of {things} to {place} remains the responsibility of"
    " the manufacturer unless both organisations decide otherwise.",
    "Representatives in {place} recommended additional documentation for {things}, because"
    " record {n} contradicted the earlier measurements.",
    "Whenever temperatures in {place} exceed thirty degrees for {few} consecutive days, the"
    " {things} listed under entry {n} are transferred to the northern storeroom.",
)


@dataclass
class Known:
    """What a layout was set from."""

    paragraphs: list[list[str]] = field(default_factory=list)
    """Sentences of the running text, in reading order."""
    intruders: list[str] = field(default_factory=list)
    """Heads, feet and stamps, which belong to no sentence."""
    rows: list[list[str]] = field(default_factory=list)
    """Cells of the rows of its tables."""
    beside: list[str] = field(default_factory=list)
    """Sentences of sidebars and footnotes, whose place in the order is free."""

    @property
    def sentences(self) -> list[str]:
        """All sentences in reading order."""
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]


class Writer:
    """Writes sentences that occur once."""

    def __init__(self, chance: random.Random, chinese: bool) -> None:
        self._chance = chance
        self.chinese = chinese
        self._number = 100

    def sentence(self) -> str:
        """One more sentence."""
        self._number += self._chance.randrange(1, 9)
        pick = self._chance.choice
        facts = {"n": self._number, "few": self._number % 89 + 3, "month": pick(range(1, 13))}
        if self.chinese:
            words = {"goods": pick(_GOODS), "city": pick(_CITIES), "team": pick(_TEAMS)}
            return pick(_CHINESE).format(**facts, **words, day=pick(range(1, 29)))
        words = {"things": pick(_THINGS), "place": pick(_PLACES)}
        return pick(_ENGLISH).format(**facts, **words, day=pick((4, 5, 6, 7, 8, 9, 14)))

    def paragraph(self) -> list[str]:
        """Some sentences."""
        return [self.sentence() for _ in range(self._chance.choice((2, 3, 3, 4)))]

    def paragraphs(self, count: int) -> list[list[str]]:
        """Several paragraphs."""
        return [self.paragraph() for _ in range(count)]

    def rows(self, count: int) -> list[list[str]]:
        """A table with its header."""
        head = (
            ["品名", "产地", "件数", "单价"]
            if self.chinese
            else ["Item", "Place", "Pieces", "Price"]
        )
        names, cities = (_GOODS, _CITIES) if self.chinese else (_THINGS, _PLACES)
        pick = self._chance.choice
        return [head] + [
            [pick(names), pick(cities), str(100 + n * 7), f"{pick(range(20, 99))}.{n}0"]
            for n in range(count)
        ]

    def joined(self, paragraph: list[str]) -> str:
        """A paragraph as it is set."""
        return ("" if self.chinese else " ").join(paragraph)


CHARACTERS = "".join((*_GOODS, *_CITIES, *_TEAMS, *_CHINESE)) + (
    "0123456789 ．.-安全规程品名产地件数单价入口北库南出图的布置"
)
Layout = Callable[[random.Random], tuple[bytes, Known]]
