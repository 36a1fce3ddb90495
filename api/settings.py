"""All settings, read from the environment; no per-environment copies.

Where DATABASE_URL is not set, the values that `make run` wrote to DATA_DIR/env serve as defaults, so that
`manage.py` in another shell reaches the running stack without being told.
"""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy

from api.embedded import stored_env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / ".osteon")).absolute()
if "DATABASE_URL" not in os.environ:
    for _key, _value in stored_env(DATA_DIR).items():
        os.environ.setdefault(_key, _value)

env = environ.Env()

DEMO = env.bool("OSTEON_DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")  # no fall-back: Django refuses to sign with an empty one
SECRET_KEY_GIVEN = bool(SECRET_KEY)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the plain app would put its own site in the place of ours
    "journal.admin.apps.OsteonAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # allauth's list of sessions uses it
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_structlog",
    "csp",
    "journal.accounts",
    "journal",
    "reminders",
    "api",
]

MIDDLEWARE = [
    "api.scopes.ScopeMiddleware",
    # What every answer carries comes first: redirects to https, refused hosts and static files have it too.
    "api.pages.RequestIdMiddleware",
    "api.pages.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "api.doors.DoorsMiddleware",
    "journal.admin.middleware.DeskMiddleware",
    "api.pages.RequestLogMiddleware",
    "api.throttles.RateLimitHeaders",
    "api.deprecations.DeprecationHeaders",
    "api.conditional.ConditionalReads",
]

ROOT_URLCONF = "api.urls"
WSGI_APPLICATION = "api.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "journal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"browsers": "journal.admin.browsers"},
        },
    },
]


def _database(url_name: str, *, pool: bool) -> dict[str, Any]:
    database: dict[str, Any] = env.db_url(url_name, default="postgres:///osteon")
    options = database.setdefault("OPTIONS", {})
    options["connect_timeout"] = 5
    options["application_name"] = "osteon"
    # A statement that comes again is parsed and planned once a connection. A pooler that gives each
    # transaction another connection must know them (PgBouncer from 1.21 on), or this be switched off.
    prepared = env.bool("DATABASE_PREPARED", default=True)
    options["server_side_binding"] = prepared
    options["prepare_threshold"] = 3 if prepared else None
    if pool:
        options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8), "timeout": 10}
    else:
        database["CONN_HEALTH_CHECKS"] = True
    return database


# "default" is the role of the app: it owns nothing. "owner" runs migrations and nothing else.
DATABASES = {
    "default": {
        **_database("DATABASE_URL", pool=env.bool("DATABASE_POOL", default=True)),
        "ENGINE": "journal.fence",  # says with each transaction in whose name it asks
        # A cursor on the server outlives the message that opened it, and so the name.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    },
    "owner": _database(
        "DATABASE_OWNER_URL" if "DATABASE_OWNER_URL" in os.environ else "DATABASE_URL", pool=False
    ),
}

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    # allauth's: which one-time codes were used, when a mail went out. In the database, for Redis may vanish.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "osteon_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "redis": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        # Redis is disposable: one that hangs must not hold up a request.
        "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
    },
}

# --- Celery: the muscle. Due times live in the database; no eta, no countdown, no result backend. ---
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # must exceed the time limit: an expired message runs again
    "unacked_restore_interval": 30,
    "socket_connect_timeout": 2,
    "socket_timeout": 8,
    "socket_keepalive": True,
    "health_check_interval": 5,
    "retry_on_timeout": True,
    "max_retries": 2,
}
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 2
CELERY_REDIS_SOCKET_TIMEOUT = 8
CELERY_TIMEZONE = "UTC"
TICK_SECONDS = env.float("TICK_SECONDS", default=5.0)

# --- People ---
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "api.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
VERIFY_EMAIL = env.bool("OSTEON_VERIFY_EMAIL", default=not DEMO)
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "api.signup.InvitedSignupForm"
ACCOUNT_ADAPTER = "api.auth.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if VERIFY_EMAIL else "none"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = VERIFY_EMAIL
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # a link would carry its secret in an address
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of another password, address or factor, in words that say no more
# api.doors counts at every door by itself; what is left here spares a mailbox.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ("login", "login_failed", "signup", "reauthenticate", "change_password", "reset_password",
     "reset_password_from_key", "manage_email"), ""
)  # fmt: skip
MFA_RATE_LIMITS = {"webauthn_login": ""}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = (
    True  # another address resets the password: a found phone must not add one
)
ACCOUNT_SESSION_REMEMBER = (
    False  # no tick box: the desk's sessions end when idle, the app's have their own age
)
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "api.auth.SessionTokens"  # noqa: S105  a class
MFA_ADAPTER = "api.auth.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = VERIFY_EMAIL  # without a password, the mailed code alone says whose it is
MFA_TOTP_ISSUER = "Osteon"
MFA_ALLOW_UNVERIFIED_EMAIL = not VERIFY_EMAIL  # the demo verifies none
USERSESSIONS_TRACK_ACTIVITY = True  # shown; written once an hour of use, by journal.actions.sessions
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Messages name patients, so they stay out of cookies.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STAFF_NEEDS_SECOND_FACTOR = env.bool("OSTEON_STAFF_SECOND_FACTOR", default=not DEMO)
# How long a password or a second factor that was shown lets flags be closed (docs/decisions/0029).
CLOSING_CONFIRMED_FOR = timedelta(minutes=env.int("CLOSING_CONFIRMED_MINUTES", default=15))

# --- What travels ---
SESSION_ENGINE = "api.sessions"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SESSION_COOKIE_NAME = "osteon_session" if DEMO else "__Host-osteon_session"
DEVICE_COOKIE_NAME = "osteon_device" if DEMO else "__Host-osteon_device"
CSRF_COOKIE_NAME = "csrftoken" if DEMO else "__Host-osteon_csrf"
CSRF_COOKIE_HTTPONLY = True  # forms carry the token; no script reads the cookie
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEMO)
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if DEMO else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
# Not "no-referrer": browsers would send `Origin: null` with every form, and the CSRF check refuse all.
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours add to X-Forwarded-For; what others wrote there is never believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(BEHIND_PROXY))
X_FRAME_OPTIONS = "DENY"
# mailto:… or https://…, each a line of /.well-known/security.txt (RFC 9116); empty for none.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 262_144
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

EMAIL_CONFIG = env.email_url(
    "EMAIL_URL", default=f"filemail:///{DATA_DIR}/mail" if DEMO else "consolemail://"
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Osteon <osteon@localhost>")

# --- Push and webhooks ---
# `manage.py vapid_keys` makes a key; without one Web Push is off.
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Whom a push service asks when something is wrong with our messages.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default=PUBLIC_URL)
# What browsers and UnifiedPush distributors use; a phone may name no other. "*" allows every public one.
PUSH_HOSTS = env.list(
    "PUSH_HOSTS",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "web.push.apple.com",
        "*.push.apple.com",
        "*.notify.windows.com",
        "ntfy.sh",
        "up.conversations.im",
    ],
)
# The JSON of a Firebase service account, or its file; without it FCM is off.
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", default="")
FCM_URL = env.str("FCM_URL", default="https://fcm.googleapis.com")
# host:port of machines inside your own net that may be called, also over plain http; empty for none.
OUTBOUND_TRUSTED = env.list("OUTBOUND_TRUSTED", default=[])
OUTBOUND_TIMEOUT = 5.0

# --- Words and time ---
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "journal" / "locale"]  # what `make messages` writes
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = (
    True  # no collectstatic needed; with STATIC_ROOT set, a server in front may take over
)

# --- The desk of the clinic's staff ---
UNFOLD = {
    "SITE_TITLE": "Osteon",
    "SITE_HEADER": "Osteon",
    "SITE_SUBHEADER": gettext_lazy("Symptom journal"),
    "SITE_SYMBOL": "orthopedics",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "/static/desk/icon.svg"}],
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"navigation": "journal.admin.languages.listed", "action": "journal.admin.languages.action"},
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "6px",
    "STYLES": ["/static/desk/desk.css"],
    "ENVIRONMENT": "journal.admin.navigation.environment",
    "ACCOUNT": {
        "navigation": [
            {"title": gettext_lazy("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": gettext_lazy("Change password"), "link": reverse_lazy("account_change_password")},
            {"title": gettext_lazy("Open sessions"), "link": reverse_lazy("usersessions_list")},
        ]
    },
    "SIDEBAR": {"navigation": "journal.admin.navigation.sidebar"},
    # A calm teal: 700 on white and 300 on near-black both reach a contrast above 7 : 1.
    "COLORS": {
        "primary": {
            "50": "#edf8f8", "100": "#d3eeef", "200": "#aadddf", "300": "#76c5c9", "400": "#3fa3a9",
            "500": "#2b9aa1", "600": "#0f6d74", "700": "#0b5e63", "800": "#0a4a4f", "900": "#0b3d41",
            "950": "#052528",
        },
        "font": {
            "subtle-light": "var(--color-base-600)", "subtle-dark": "var(--color-base-300)",
            "default-light": "var(--color-base-700)", "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-900)", "important-dark": "var(--color-base-100)",
        },
    },
}  # fmt: skip

# --- The API ---
# A phone that syncs after each entry asks some 10 times a minute.
REQUESTS_PER_MINUTE = env.int("REQUESTS_PER_MINUTE", default=600)
# Apps that say an older version in X-App-Version are asked to update, such as 1.4; empty for none.
MINIMUM_APP_VERSION = env.str("MINIMUM_APP_VERSION", default="")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.auth.SessionToken"],
    "DEFAULT_PERMISSION_CLASSES": [
        "api.permissions.IsCurrentApp",
        "api.permissions.IsPatient",
        "api.permissions.IsAskedWhatItKnows",
    ],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.PersonThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.Negotiation",
    "DEFAULT_PARSER_CLASSES": ["api.parsing.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.errors.problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is a parameter like any other: an unknown one
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Osteon",
    "DESCRIPTION": "Symptom journal for people with osteoporosis. A journal is not an emergency service.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # Changes have models of their own; with True, the second document of a process differs from the first.
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.with_what_every_call_shares",
    ],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ReminderKind": [
            "exercise",
            "fall-prevention",
            "log-today",
            "height",
            "medicine",
            "injection",
            "appointment",
            "review",
            "custom",
        ],
        "DeviceKind": ["fcm", "webpush"],
        "LibraryKind": ["exercise", "fall-prevention", "education", "self-care"],
    },
}

# No line tells the place in the code, the thread or the process of what it says: nobody looks for them.
logging._srcfile = None  # as Python's own guide says it is switched off
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
# What django-structlog takes anyway; not to find them with each request costs it more than the line.
DJANGO_STRUCTLOG_STATUS_DEFAULT_LOG_LEVEL = DJANGO_STRUCTLOG_STATUS_2XX_LOG_LEVEL = logging.INFO
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # The texts of database errors can carry a failing row.
        "django.db.backends": {"level": "CRITICAL", "propagate": False},
        # A line for each of four ticks every few seconds would hide what matters.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # An unhandled error is logged by its kind and place (api.pages), without values.
        "django.request": {"level": "CRITICAL", "propagate": False},
    },
}
