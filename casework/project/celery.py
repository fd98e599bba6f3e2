"""The Celery application: hands for what is long; the truth stays in rows."""

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.project.settings")

app = Celery("weiquan_desk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["casework"])


@worker_init.connect
def refuse_another_key(**_signal: object) -> None:
    """A worker does not start with another database's master key."""
    from casework.crypto.keys import BadMasterKey
    from casework.services.startup import right_key

    try:
        right_key()
    except BadMasterKey as error:
        raise SystemExit(str(error)) from None  # celery swallows every other exception here
