"""The WSGI application that the web server runs. What would fail later stops the start."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from journal.garbage import search_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")

application = get_wsgi_application()
call_command("check", databases=["default"])
search_seldom()
