"""A notice about working days, as it is brought in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LARGEST = 256 * 1024
"""Bytes of the largest file: a year has 366 days."""


class NoticeForm(forms.Form):
    """Its name, and the file."""

    title = forms.CharField(label=_("通知名称或文号"), max_length=100)
    file = forms.FileField(
        label=_("文件"),
        max_length=200,
        help_text=_("CSV（date,kind；kind 为 holiday、rest 或 makeup），或 JSON（year、days）。"),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        sent: UploadedFile[Any] = self.cleaned_data["file"]
        if (sent.size or 0) > LARGEST:
            raise forms.ValidationError(gettext("文件太大。"))
        try:
            return str(sent.read(), "utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(gettext("文件须为 UTF-8 编码的文本。")) from None
