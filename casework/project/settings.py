"""Settings, all from the environment. Without any: an embedded SQLite installation."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from casework.project import secrets

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "data"))

DEMO = os.environ.get("DEMO") == "1"
DEBUG = os.environ.get("DEBUG") == "1"
_COMMAND = sys.argv[1] if len(sys.argv) > 1 else ""
_MAKES_SECRETS = DEMO or _COMMAND == "setup"
_DATABASE_FREE = "mypy" in sys.modules or _COMMAND in {
    "lifecycles",
    "explore",
    "due",
    "makemigrations",
    "collectstatic",
    "makemessages",
    "compilemessages",
}

if _DATABASE_FREE and "DESK_MASTER_KEY" not in os.environ:
    # These commands touch no data: they must work before any key exists.
    SECRET_KEY = MASTER_KEY = "bm8gZGF0YSBpcyB0b3VjaGVkIGhlcmUgYXQgYWxsISE="  # noqa: S105 - opens nothing
else:
    SECRET_KEY = secrets.read("SECRET_KEY", DATA_DIR, make=_MAKES_SECRETS)
    MASTER_KEY = secrets.read_master_key(DATA_DIR, make=_MAKES_SECRETS)

ALLOWED_HOSTS = [h for h in os.environ.get("ALLOWED_HOSTS", "").split(",") if h] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "testserver",
]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("TRUSTED_ORIGINS", "").split(",") if o]

KINDS = ["petition", "domestic_violence"]
PROCEDURES = [
    "mediation",
    "referral",
    "protection_order",
    "follow_up",
    "police_report",
    "mandatory_report",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "simple_history",
    "ninja",
    "viewflow.workflow",
    "casework",
    "workflows",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "casework.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.middleware.DeskLogin",
    "casework.middleware.ReadableInput",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "casework.middleware.NothingKept",
]

ROOT_URLCONF = "casework.project.urls"
WSGI_APPLICATION = "casework.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "casework.views.context.desk",
            ],
            "builtins": ["casework.templatetags.desk", "django.templatetags.i18n"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_SQLITE = DATA_DIR / ("demo.sqlite3" if DEMO else "desk.sqlite3")
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{_SQLITE}", conn_max_age=60
    )
}
_IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
# A GET would take SQLite's only write lock; PostgreSQL has a lock per row.
DATABASES["default"]["ATOMIC_REQUESTS"] = not _IS_SQLITE
if _IS_SQLITE:
    # IMMEDIATE: the loser of a race waits for the winner instead of failing at once.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;",
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "casework.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
_COLLECTED = BASE_DIR / "staticfiles"
STATIC_ROOT = _COLLECTED if _COLLECTED.is_dir() or _COMMAND == "collectstatic" else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
_PLAIN_HTTP = DEMO or DEBUG or "pytest" in sys.modules
if os.environ.get("HTTPS", "0" if _PLAIN_HTTP else "1") == "1":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "noreply@localhost")

REMINDER_CHANNELS = tuple(os.environ.get("REMINDER_CHANNELS", "").replace(",", " ").split())
"""How reminders leave the house, beside the page: console, email, wecom, dingtalk, webhook."""
REMINDER_URL = os.environ.get("REMINDER_URL", "")
"""Where the last three are posted to."""
REMINDER_SECRET = os.environ.get("REMINDER_SECRET", "")
"""What posts are signed with."""

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "memory://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE

JOB_LEASE_SECONDS = int(os.environ.get("JOB_LEASE_SECONDS", "60"))
"""So long a worker has for a job before another one may take it; as often somebody looks whether
one was left or its bell was lost."""

CELERY_BEAT_SCHEDULE = {
    "verify the audit chains at night": {
        "task": "casework.tasks.verify_audit",
        "schedule": crontab(hour="2", minute="30"),
    },
    "tell of the deadlines that are due": {
        "task": "casework.tasks.sweep",
        "schedule": float(JOB_LEASE_SECONDS),
    },
    "do the background work whose bell was lost": {
        "task": "casework.tasks.run_jobs",
        "schedule": float(JOB_LEASE_SECONDS),
    },
    "write the exports whose bell was lost, delete the files of yesterday": {
        "task": "casework.tasks.run_exports",
        "schedule": float(JOB_LEASE_SECONDS),
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_bodies": {"()": "casework.project.logs.WithoutPersonalData"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["no_bodies"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
