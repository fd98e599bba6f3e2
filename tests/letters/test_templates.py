"""The letters themselves: what they ask for, what they say, and that they print."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from casework.letters import fields, render
from casework.letters.word import FOLDER
from casework.services.letters import HE_MAY_READ
from tests.conftest import require
from tests.letters.reading import opened, printed, text
from tests.letters.told import AGREEMENT, APPLICATION, CHASING, RECORD, REFERRAL, SIDES, TOLD

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_every_template_is_tried() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(TOLD)


@pytest.mark.parametrize("template", TOLD)
def test_a_template_asks_for_what_is_told_and_nothing_else(template: str) -> None:
    """Among it no address, telephone, shelter, school or workplace of hers (safety rule 10)."""
    assert fields(template) == set(TOLD[template])


@pytest.mark.parametrize("template", TOLD)
def test_a_full_telling_leaves_no_tag(template: str) -> None:
    found = text(render(template, TOLD[template]))
    assert re.findall(r"\{[{%#]|[}%#]\}", found) == []
    assert str(TOLD[template]["number"]) in found


# The referral.


def test_a_referral_says_all_that_is_told() -> None:
    found = text(render("referral", REFERRAL))
    told = [value for value in REFERRAL.values() if isinstance(value, str)]
    assert [value for value in [*told, *REFERRAL["laws"]] if value not in found] == []


def test_contact_with_her_goes_only_through_the_desk() -> None:
    assert "与本人联系，一律通过我会" in text(render("referral", REFERRAL))


def test_legal_aid_for_a_beaten_woman_asks_for_no_means() -> None:
    sentence = "不受经济困难条件的限制"
    assert sentence in text(render("referral", REFERRAL))
    assert sentence not in text(render("referral", {**REFERRAL, "no_means": False}))


def test_an_urgent_referral_says_so() -> None:
    assert "特急" in text(render("referral", REFERRAL))
    assert "特急" not in text(render("referral", {**REFERRAL, "urgent": False}))


def test_what_was_not_asked_for_leaves_no_empty_heading() -> None:
    bare = {**REFERRAL, "fee_relief": "", "laws": [], "no_means": False}
    lines, full = (text(render("referral", told)).split("\n") for told in (bare, REFERRAL))
    assert not any("诉讼费用" in line or "有关依据" in line for line in lines)
    assert len(full) - len(lines) == 1 + len(bare["laws"]) + len(REFERRAL["laws"]) + 1


def test_a_referral_without_a_signatory_leaves_the_place_to_sign() -> None:
    letter = opened(render("referral", {**REFERRAL, "signatory": ""}))
    assert [p.text for p in letter.paragraphs if p.text.startswith("签发人：\t")]


def test_the_slip_names_the_letter_and_the_body_but_not_her() -> None:
    slip = [
        cell.text
        for row in opened(render("referral", REFERRAL)).tables[0].rows
        for cell in row.cells
    ]
    together = "".join(slip).replace("\n", "")
    for label in ("收到日期", "经办人", "是否受理", "不予受理的理由", "盖章"):
        assert label in together
    assert {REFERRAL["number"], REFERRAL["body"]} <= set(slip)
    assert str(REFERRAL["person"]) not in together


# Mediation.


def test_a_record_is_signed_by_every_side() -> None:
    letter = opened(render("mediation_record", RECORD))
    signed = [row.cells[0].text for row in letter.tables[-1].rows]
    assert signed == [*(f"{s['label']}\n{s['name']}" for s in SIDES), "调解员\n王秀英"]


def test_every_line_of_the_notes_is_a_paragraph() -> None:
    paragraphs = [p.text for p in opened(render("mediation_record", RECORD)).paragraphs]
    assert set(str(RECORD["notes"]).split("\n")) <= set(paragraphs)


def test_a_session_without_an_outcome_has_no_heading_for_it() -> None:
    assert "调解结果" in text(render("mediation_record", RECORD))
    assert "调解结果" not in text(render("mediation_record", {**RECORD, "outcome": ""}))


def test_the_terms_of_an_agreement_are_numbered() -> None:
    paragraphs = [p.text for p in opened(render("mediation_agreement", AGREEMENT)).paragraphs]
    terms: list[str] = AGREEMENT["terms"]
    assert {f"（{n}）{term}" for n, term in enumerate(terms, 1)} <= set(paragraphs)


def test_a_written_agreement_is_signed_and_an_oral_one_registered() -> None:
    written = text(render("mediation_agreement", AGREEMENT))
    oral = text(render("mediation_agreement", {**AGREEMENT, "oral": True}))
    assert ("调解协议书" in written, "签名、盖章或者按指印：" in written) == (True, True)
    assert "口头协议登记" not in written
    assert ("口头协议登记" in oral, "签名、盖章或者按指印：" in oral) == (True, False)


def test_judicial_confirmation_is_offered_only_where_it_can_be_had() -> None:
    may = text(render("mediation_agreement", AGREEMENT))
    may_not = text(render("mediation_agreement", {**AGREEMENT, "confirmable": False}))
    for words in ("三十日内", "第二百零五条", "第三十三条"):
        assert (words in may, words in may_not) == (True, False)
    assert "婚姻关系、亲子关系等身份关系本身，不能申请司法确认" in may_not
    assert "身份关系" not in may


# What may reach him, and what may not.


@pytest.mark.parametrize("template", HE_MAY_READ)
def test_a_letter_that_reaches_him_asks_for_what_he_may_read_only(template: str) -> None:
    about = {"number", "organisation", "date"}
    assert fields(template) - about == HE_MAY_READ[template]


@pytest.mark.parametrize("template", [name for name in TOLD if name != "service_address"])
def test_only_the_sealed_paper_for_the_court_has_a_place_for_her_address(template: str) -> None:
    assert not {f for f in fields(template) if "address" in f or "phone" in f}


def test_the_application_says_where_her_address_is() -> None:
    assert "密封提交的送达地址确认书" in text(render("order_application", APPLICATION))


def test_a_reminder_says_what_was_sent_what_is_owed_and_by_which_law() -> None:
    found = text(render("chasing_letter", CHASING))
    assert [value for value in CHASING.values() if str(value) not in found] == []
    bare = text(render("chasing_letter", CHASING | {"law": "", "owed": "", "reference": ""}))
    assert ("依据：" in bare, "（）" in bare) == (False, False)


# Word and the printer.


@pytest.mark.parametrize("template", TOLD)
def test_a_letter_is_in_the_chinese_of_the_mainland(template: str) -> None:
    with zipfile.ZipFile(FOLDER / f"{template}.docx") as file:
        styles = etree.fromstring(file.read("word/styles.xml"))
    default = styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
    normal = styles.find(f"{W}style[@{W}styleId='Normal']/{W}rPr")
    for place in (default, normal):
        language, fonts = place.find(f"{W}lang"), place.find(f"{W}rFonts")
        assert (language.get(f"{W}val"), language.get(f"{W}eastAsia")) == ("zh-CN", "zh-CN")
        assert fonts.get(f"{W}eastAsia") == "仿宋"
    assert {each.get(f"{W}eastAsia") for each in styles.iter(f"{W}lang")} == {"zh-CN"}
    assert {each.get(f"{W}eastAsia") for each in styles.iter(f"{W}rFonts")} == {"仿宋", "黑体"}


@pytest.mark.parametrize("template", TOLD)
def test_a_letter_is_on_a4(template: str) -> None:
    section = opened(render(template, TOLD[template])).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


TWO_PAGES = {"dv_registration", "order_application"}
"""They carry a table of items, or a list of evidence."""


def test_every_letter_prints_with_its_number_and_its_people_on_one_page(tmp_path: Path) -> None:
    tools = shutil.which("soffice") is not None and shutil.which("pdftotext") is not None
    require("REQUIRE_SERVICES", tools, "LibreOffice or pdftotext is not installed")
    pages = printed({name: render(name, told) for name, told in TOLD.items()}, tmp_path)
    for name, told in TOLD.items():
        # Where a line ends is the printer's affair.
        seen = "".join(pages[name].split())
        people = (
            [side["name"] for side in SIDES]
            if "sides" in told
            else [told.get("person", told["number"])]
        )
        assert [one for one in (told["number"], *people) if str(one) not in seen] == []
        assert pages[name].count("\f") <= (2 if name in TWO_PAGES else 1)
