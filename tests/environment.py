"""Loaded by pytest before Django: decides which database the tests run on.

SQLite on a user's laptop; PostgreSQL when TEST_DATABASE_URL or REQUIRE_SERVICES says so. The
browser is Debian's Chromium, or TEST_CHROMIUM; empty: no browser, and its tests are skipped.
"""

import os
import tempfile

SERVICES = {
    "TEST_DATABASE_URL": "postgres://postgres:postgres@127.0.0.1:5432/postgres",
    "TEST_REDIS_URL": "redis://127.0.0.1:6379/0",
    "TEST_AMQP_URL": "amqp://guest:guest@127.0.0.1:5672//",
}

required = os.environ.get("REQUIRE_SERVICES") == "1"
if required or os.environ.get("TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", SERVICES["TEST_DATABASE_URL"])
else:
    os.environ.pop("DATABASE_URL", None)
os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="desk-test-")
os.environ["DESK_MASTER_KEY"] = "dGVzdHMgb25seTogdGhpcyBrZXkgb3BlbnMgbm8hISE="
os.environ["SECRET_KEY"] = "tests only"
os.environ.pop("DEMO", None)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's sync API runs inside a loop
