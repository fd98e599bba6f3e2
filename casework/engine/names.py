"""Under which words a name is found: as it is written, by its pinyin, by its initials.

A surname that reads otherwise than the same character elsewhere is found by each of its readings,
also by the usual one: whoever types it may not know better.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice, product

SHORTEST, LONGEST = 2, 200
"""The shortest word under which anybody is found, and the longest, in characters."""

MOST_READINGS = 32
"""So many readings of one name are kept; nobody's name has more."""

SURNAMES: dict[str, tuple[str, ...]] = {
    "曾": ("zeng",), "解": ("xie",), "单": ("shan",), "翟": ("zhai", "di"), "区": ("ou",),
    "查": ("zha",), "朴": ("piao",), "盖": ("ge", "gai"), "仇": ("qiu",), "缪": ("miao",),
    "员": ("yun",), "乐": ("yue", "le"), "覃": ("qin", "tan"), "种": ("chong",), "召": ("shao",),
    "折": ("she",), "洗": ("xian",), "黑": ("he", "hei"), "能": ("nai",), "卜": ("bu",),
    "繁": ("po",), "秘": ("bi",), "隗": ("wei", "kui"), "句": ("gou",), "牟": ("mu", "mou"),
    "柏": ("bai", "bo"), "郇": ("xun", "huan"), "宓": ("mi", "fu"), "佴": ("nai",),
    "祭": ("zhai", "ji"), "费": ("fei", "bi"), "谌": ("chen", "shen"), "莘": ("shen", "xin"),
    "尉": ("wei", "yu"), "粘": ("nian",), "阚": ("kan",), "长": ("zhang", "chang"),
    "重": ("chong",), "藏": ("zang",), "都": ("du",), "澹": ("tan", "dan"), "郗": ("xi", "chi"),
    "咎": ("zan",), "贠": ("yun",), "俞": ("yu", "shu"), "乜": ("nie",), "郄": ("qie", "xi"),
    "枞": ("cong", "zong"), "褚": ("chu", "zhu"), "蔚": ("yu", "wei"), "库": ("she", "ku"),
    "行": ("xing", "heng"), "角": ("jue",), "炅": ("gui",), "貉": ("mo", "he"),
    "尉迟": ("yu chi", "wei chi"), "万俟": ("mo qi", "wan si"), "单于": ("chan yu", "shan yu"),
    "长孙": ("zhang sun", "chang sun"), "澹台": ("tan tai", "dan tai"), "令狐": ("ling hu",),
    "宇文": ("yu wen",), "鲜于": ("xian yu",), "淳于": ("chun yu",), "濮阳": ("pu yang",),
    "皇甫": ("huang fu",), "公冶": ("gong ye",), "亓官": ("qi guan",), "夏侯": ("xia hou",),
    "司马": ("si ma",), "欧阳": ("ou yang",), "诸葛": ("zhu ge",), "呼延": ("hu yan",),
    "吐谷浑": ("tu yu hun", "tu gu hun"), "拓跋": ("tuo ba",), "乐正": ("yue zheng", "le zheng"),
    "宰父": ("zai fu",),
}  # fmt: skip
"""Readings as a surname; those of two characters with a space between. The usual reading of the
character is added to them."""

ELSEWHERE: dict[str, tuple[str, ...]] = {
    "乐": ("le", "yue"), "长": ("chang", "zhang"), "重": ("chong", "zhong"),
    "行": ("xing", "hang"), "朝": ("zhao", "chao"), "茜": ("qian", "xi"), "娜": ("na", "nuo"),
    "莎": ("sha", "suo"), "盛": ("sheng", "cheng"), "晟": ("sheng", "cheng"), "柏": ("bai", "bo"),
    "曾": ("zeng", "ceng"), "单": ("dan", "shan"), "嬛": ("huan", "xuan"), "觉": ("jue", "jiao"),
    "传": ("chuan", "zhuan"), "还": ("huan", "hai"), "仔": ("zi", "zai"), "调": ("tiao", "diao"),
    "给": ("gei", "ji"), "扎": ("zha", "za"), "藏": ("zang", "cang"), "弹": ("tan", "dan"),
    "伽": ("jia", "qie"),
}  # fmt: skip
"""Readings of characters in given names that are read in more than one way, or that the dictionary
reads in a way that no given name does."""

_NOISE = re.compile(r"[\s\-－—_()（）·•∙・.,'’`]+")
_DOTS, _BLANKS = re.compile(r"[·•∙・,]+"), re.compile(r"[\s·•∙・,]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def form(text: str) -> str:
    """The form in which a word and the name that it means meet: small letters, without tones,
    blanks and dots; ü is v."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    letters = plain.replace("u\u0308", "v")
    bare = "".join(sign for sign in letters if unicodedata.category(sign) != "Mn")
    return _NOISE.sub("", unicodedata.normalize("NFC", bare))


def keys_of(name: str) -> frozenset[str]:
    """Every word under which somebody of this name is found, in `form`; none for no name."""
    found: set[str] = set()
    text = unicodedata.normalize("NFKC", name)
    apart = _DOTS if _HAN.search(text) else _BLANKS  # a Chinese name may be typed with a gap
    parts = ["".join(part.split()) for part in apart.split(text) if part.strip()]
    for one in {"".join(parts), *parts}:
        found.add(form(one))
        if len(one) > 1 and _HAN.search(one):
            found |= _pinyin(one)
    if not _HAN.search(text):
        found.add(form("".join(part[0] for part in parts)))
    return frozenset(key for key in found if SHORTEST <= len(key) <= LONGEST)


def _pinyin(text: str) -> set[str]:
    """Its pinyin and its initials, by each reading."""
    found = set()
    for syllables in islice(product(*_readings(text)), MOST_READINGS):
        whole = "".join(syllables)
        found |= {form(whole), form("".join(s[0] for s in whole.split()))}
        found |= {form(spelled) for spelled in _without_v(whole)}
    return found


def _without_v(whole: str) -> Iterable[str]:
    """Lü and nü are also typed lu and nu, and stand as lyu and nyu in a passport."""
    for other in ("u", "yu"):
        spelled = re.sub(r"(?<=[ln])v", other, whole)
        if spelled != whole:
            yield spelled


def _readings(text: str) -> list[list[str]]:
    """For the surname and for each character after it: how it may be read, syllables apart."""
    size = next((n for n in (3, 2) if text[:n] in SURNAMES and len(text) >= n), 1)
    surname = text[:size]
    usual = " ".join(_usual(sign) for sign in surname)
    first = [*SURNAMES.get(surname, ()), usual]
    rest = [list(ELSEWHERE.get(sign, (_usual(sign),))) for sign in text[size:]]
    return [[f" {reading}" for reading in dict.fromkeys(one)] for one in (first, *rest)]


def _usual(sign: str) -> str:
    """How a character is usually read; any other sign is read as it stands."""
    from pypinyin import Style, lazy_pinyin  # a large dictionary: loaded when a name is first read

    return lazy_pinyin(sign, style=Style.NORMAL)[0]
