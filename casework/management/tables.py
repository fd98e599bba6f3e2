"""The tables of a new, empty database straight from the models, for the demo."""

from __future__ import annotations

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor


def lay_tables(connection: BaseDatabaseWrapper) -> None:
    """Make every table in an empty database as the models have it, and note every migration as
    done: what migrating comes to (a test compares), in a tenth of its time. All or nothing."""
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        executor = MigrationExecutor(connection)
        executor.recorder.ensure_schema()
        for app, name in executor.loader.disk_migrations:
            executor.recorder.record_applied(app, name)
