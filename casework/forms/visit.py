"""The visit log: one page of questions, none of which may lose what was typed."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.cn import ric

from casework.engine.case_acts import RELATIONS, YES_NO_REFUSED
from casework.engine.language import Sentence
from casework.forms.facts import LINE, PARAGRAPH, Moment
from casework.models.visit import BESIDE, CHANNELS, VISIT_ENDS
from casework.queries.codes import choices
from casework.services.intake import VisitNote
from casework.services.people import SafeContact

YES_NO = {key: word for key, word in YES_NO_REFUSED.items() if key != "refused"}
BESIDE_NAMES = [f"beside_{key}" for key in BESIDE]

PHONE = re.compile(r"(\+?86)?(1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7}|400\d{7}|1\d{4})")

PLACES = {
    "请写下她说了什么，或希望得到什么帮助。": "happened",
    "结束咨询前请先询问三个安全问题（可以拒答）。": "danger_safe_now",
    "安全问题提示有危险：请登记家暴个案或信访事项，不要仅作咨询。": "kind",
    "请写下当场答复的内容。": "done",
    "请填写已有案件的编号。": "existing",
    "找不到编号为“%(number)s”的案件。": "existing",
    "接待时间不能晚于现在。": "received_at",
}
"""At which field a refusal of the visit is shown, beside the top of the page."""


def _radio(label: Any, options: Mapping[str, Sentence], **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=lambda: [(k, str(v)) for k, v in options.items()],
        widget=forms.RadioSelect,
        **more,
    )


def _line(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LINE, **more)


def _paragraph(label: Any, rows: int, **attrs: str) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, **attrs})
    return forms.CharField(label=label, required=False, max_length=PARAGRAPH, widget=widget)


class VisitForm(forms.Form):
    """What the desk notes while she sits there. Field names are stable: API and tests use them."""

    channel = _radio(_("来访方式"), CHANNELS, initial="visit")
    name = _line(_("姓名（可不透露）"), widget=forms.TextInput({"autofocus": True}))
    phone = _line(_("联系电话"), widget=forms.TextInput({"inputmode": "tel"}))
    may_call = forms.BooleanField(label=_("可以打电话"), required=False)
    may_message = forms.BooleanField(label=_("可以发短信"), required=False)
    when = _line(_("安全的时间"))
    code_word = _line(_("联系暗语"))
    id_number = _line(_("身份证号"))
    address = _line(_("住址"))
    minor = forms.BooleanField(label=_("未成年人"), required=False)
    repeat = forms.BooleanField(label=_("重复来访"), required=False)
    people = forms.IntegerField(
        label=_("来访人数"), required=False, min_value=1, max_value=9999, initial=1
    )
    received_at = Moment(label=_("接待时间（空着即现在）"), required=False)
    respondent = _line(_("对方姓名"))
    relation = forms.ChoiceField(
        label=_("对方与她的关系"),
        required=False,
        choices=lambda: [("", "—"), *((k, str(v)) for k, v in RELATIONS.items())],
    )
    happened = _paragraph(_("发生了什么"), 4, accesskey="h")
    asks = _paragraph(_("希望得到什么帮助"), 2)
    category = forms.ChoiceField(
        label=_("类别"), required=False, choices=lambda: choices("category")
    )
    danger_safe_now = _radio(_("现在说话安全吗？"), YES_NO_REFUSED, required=False)
    danger_hurt = _radio(_("他（或家里其他人）打过或威胁过您吗？"), YES_NO_REFUSED, required=False)
    danger_afraid = _radio(_("您害怕回家吗？"), YES_NO_REFUSED, required=False)
    kind = _radio(_("这次来访怎样结束"), VISIT_ENDS)
    done = _paragraph(_("当场答复的内容"), 2)
    notice = forms.ChoiceField(
        label=_("书面告知"),
        required=False,
        choices=lambda: [
            ("", "—"),
            ("handed_over", gettext("已当场交付")),
            ("owed", gettext("另行送达（时限继续计算）")),
        ],
    )
    existing = _line(_("已有案件的编号"))
    beside = forms.BooleanField(widget=forms.HiddenInput, required=False)
    as_typed = forms.BooleanField(label=_("按原样保存，仍然提交"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)
    draft = forms.UUIDField(widget=forms.HiddenInput, required=False)

    doubted = False
    """Was the form sent back for a number that looks wrong and may be kept as typed?"""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, question in BESIDE.items():
            self.fields[f"beside_{key}"] = _radio(str(question), YES_NO, required=False)
        asked = gettext("请填写“%(fact)s”。")
        for field in self.fields.values():
            field.error_messages["required"] = asked % {"fact": field.label or ""}

    def clean(self) -> dict[str, Any]:
        """Doubt numbers that look wrong, once; whoever insists is believed."""
        told = self.cleaned_data
        unread = {"happened", "asks"} & self.errors.keys()
        spoken = [told.get(name, "").strip() for name in ("happened", "asks", *BESIDE_NAMES)]
        if not (unread or any(spoken)):
            self.refuse([Sentence(next(iter(PLACES)))])
        for name, sentence in self.doubts().items() if not told.get("as_typed") else ():
            self.doubted = True
            self.add_error(name, sentence)
        return told

    def doubts(self) -> dict[str, str]:
        """The numbers that look wrong, each with a sentence."""
        found, told = {}, self.cleaned_data
        if told.get("phone") and not looks_like_phone(told["phone"]):
            found["phone"] = gettext("电话号码看起来不完整，请核对；确实如此可按原样保存。")
        if told.get("id_number") and not ric.is_valid(told["id_number"]):
            found["id_number"] = gettext("身份证号校验不符，请核对；确实如此可按原样保存。")
        return found

    def refuse(self, sentences: Iterable[Sentence]) -> None:
        """Show the sentences of a refusal, each where it belongs."""
        for sentence in sentences:
            self.add_error(PLACES.get(sentence.text), str(sentence))

    def renew(self) -> None:
        """Take a new key: the old one belongs to another content."""
        typed = {name: self.data.get(name) for name in self.data}
        self.data = typed | {"key": uuid.uuid4().hex}

    def note(self) -> VisitNote:
        """The visit as told; call it on a valid form."""
        told = dict(self.cleaned_data)
        safe = SafeContact(*(told.pop(n) for n in ("may_call", "may_message", "when", "code_word")))
        beside = {name.partition("_")[2]: told.pop(name) for name in BESIDE_NAMES}
        for name in ("as_typed", "key", "draft", "beside"):
            del told[name]
        asked = {key: answer for key, answer in beside.items() if answer}
        return VisitNote(**told | {"people": told["people"] or 1}, safe=safe, beside=asked)

    def asked_beside(self) -> list[forms.BoundField]:
        """The questions that she answers with yes or no, when somebody stands beside her."""
        return [self[name] for name in BESIDE_NAMES] if self["beside"].value() else []


def fresh(typed: Mapping[str, str] | None = None, draft: object = "") -> VisitForm:
    """A form with new marks of its own, filled with what a draft holds."""
    marks = {"key": uuid.uuid4().hex, "draft": str(draft) or str(uuid.uuid4())}
    return VisitForm(initial={**(typed or {}), **marks})


def typed_so_far(body: bytes) -> dict[str, str] | None:
    """What the page sends to be kept: the fields of the form and nothing else, as text."""
    try:
        texts = texts_of(json.loads(body))
        json.dumps(texts, ensure_ascii=False).encode()  # half a character cannot be stored
    except (ValueError, AttributeError, RecursionError):
        return None
    return texts


def texts_of(sent: Mapping[str, Any]) -> dict[str, str]:
    """What a draft keeps of what was sent."""
    texts = {k: v for k, v in sent.items() if k in KEPT and k != "key" and isinstance(v, str)}
    return {k: v[:PARAGRAPH].replace("\x00", "") for k, v in texts.items()}


KEPT = {*VisitForm.base_fields, *BESIDE_NAMES}
"""The names of the fields that a draft keeps."""


def looks_like_phone(text: str) -> bool:
    """Is it a mobile, a line with or without its area, or a short service number?"""
    return bool(PHONE.fullmatch(re.sub(r"[\s\-－—()（）]", "", text)))
