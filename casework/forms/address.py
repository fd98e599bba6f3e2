"""Where reminders are mailed to."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """Her work address."""

    email = forms.EmailField(label=_("工作邮箱（不填则不发邮件）"), required=False, max_length=254)
