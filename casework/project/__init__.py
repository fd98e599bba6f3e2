"""Settings, URLs and start-up: what wires everything together."""

from casework.project.celery import app as celery_app

__all__ = ["celery_app"]
