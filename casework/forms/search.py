"""The one word that is searched everywhere. It never stands in an address."""

from __future__ import annotations

from django import forms
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.utils.translation import gettext_lazy as _

from casework.engine.names import LONGEST, SHORTEST


class SearchForm(forms.Form):
    """A number, phone, ID number, name, pinyin or initials."""

    word = forms.CharField(
        label=_("查找案件"),
        error_messages={"required": _("请填写要查找的编号、电话、身份证号或姓名。")},
        validators=[
            MinLengthValidator(SHORTEST, _("请至少填写两个字符，一个字符找到的太多。")),
            MaxLengthValidator(LONGEST, _("查找的内容太长，请缩短到 200 个字符以内。")),
        ],
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data, auto_id="search-%s")  # type: ignore[arg-type]  # what was posted
