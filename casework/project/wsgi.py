"""The application a web server runs; it does not start with another database's master key."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.project.settings")

application = get_wsgi_application()

from casework.crypto.keys import BadMasterKey  # noqa: E402 - needs the apps loaded
from casework.services import executor  # noqa: E402 - needs the apps loaded
from casework.services.startup import right_key  # noqa: E402 - needs the apps loaded

try:
    right_key()
except BadMasterKey as error:
    sys.exit(str(error))
executor.start()
gc.freeze()  # what was loaded stays: looking through it again costs a move some 7 % (bench move)
