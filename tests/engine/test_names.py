"""Under which words a name is found."""

from __future__ import annotations

import pytest

from casework.engine.names import ELSEWHERE, SURNAMES, form, keys_of

READ = [
    ("曾", "zeng"), ("解", "xie"), ("单", "shan"), ("翟", "zhai"), ("区", "ou"), ("查", "zha"),
    ("朴", "piao"), ("盖", "ge"), ("盖", "gai"), ("仇", "qiu"), ("尉迟", "yuchi"), ("万俟", "moqi"),
    ("缪", "miao"), ("逄", "pang"), ("员", "yun"), ("乐", "yue"), ("乐", "le"), ("覃", "qin"),
    ("覃", "tan"), ("单于", "chanyu"), ("长孙", "zhangsun"), ("澹台", "tantai"), ("吕", "lv"),
    ("吕", "lu"), ("吕", "lyu"), ("王", "wang"), ("欧阳", "ouyang"),
]  # fmt: skip


@pytest.mark.parametrize(("surname", "read"), READ)
def test_a_surname_is_found_by_each_reading(surname: str, read: str) -> None:
    assert f"{read}fang" in keys_of(f"{surname}芳")


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("王芳", {"wf"}),
        ("曾丽", {"zl", "cl"}),
        ("尉迟敏", {"ycm", "wcm"}),
        ("欧阳秀英", {"oyxy"}),
        ("阿依古丽·买买提", {"aygl", "mmt", "ayglmmt"}),
        ("Ayigul Mamat", {"am"}),
    ],
)
def test_initials(name: str, initials: set[str]) -> None:
    assert initials <= keys_of(name)


def test_every_listed_reading_is_kept() -> None:
    for surname, readings in SURNAMES.items():
        kept = keys_of(f"{surname}芳")
        assert [r for r in readings if r.replace(" ", "") + "fang" not in kept] == [], surname
    for sign, readings in ELSEWHERE.items():
        assert [r for r in readings if f"wang{r}" not in keys_of(f"王{sign}")] == [], sign


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("WF", "wf"),
        ("ＷＦ", "wf"),
        ("Wáng Fāng", "wangfang"),
        ("wang'fang", "wangfang"),
        ("王　芳", "王芳"),
        ("lǚméi", "lvmei"),
        ("LÜ MEI", "lvmei"),
        ("  ", ""),
    ],
)
def test_spellings_of_one_word_meet(typed: str, meant: str) -> None:
    assert form(typed) == meant


def test_a_name_typed_with_a_gap_is_not_taken_apart() -> None:
    assert keys_of("王 芳") == keys_of("王芳")
    assert {"ayigul", "mamat"} <= keys_of("Ayigul  Mamat")


@pytest.mark.parametrize("name", ["", " ", "A", "王", "·", "\u202e", "😀", "\ud800"])
def test_what_is_hardly_a_name_breaks_nothing(name: str) -> None:
    assert all(len(key) > 1 for key in keys_of(name))


def test_a_name_of_many_readings_has_a_bounded_number_of_words() -> None:
    assert len(keys_of("乐" * 200)) < 100
