"""django-ninja on Django's ORM, served by gunicorn's threads, and tuned where that is fair.

No middleware; connections that persist, one for each thread; orjson for responses, as
django-ninja's documentation shows; a page without instances of the model; a change that writes
only the given columns; a statement that writes commits itself; ``gc.freeze`` after the start.
gunicorn's parser in C is not used: the version that it requires was not to be had.
"""

import django
from django.conf import settings
from gunicorn.app.base import BaseApplication

from tests.benchmarks.servers.connections import is_sqlite
from tests.benchmarks.servers.django_ninja.databases import database_settings
from tests.benchmarks.servers.garbage import freeze_gc

BACKLOG = 2048
"""The same as in heroes."""

SQLITE_THREADS, POSTGRES_THREADS = 4, 10
"""Threads, each with a connection.

On SQLite 4 have nearly the highest rate of 1, 2, 4, 10 and 16: with 10 it is 7 % higher for a POST,
and the p99 latency is up to ten times as high. On PostgreSQL 10, as many connections as the other
servers have, are better than 4 and 16.
"""


class Gunicorn(BaseApplication):
    """gunicorn with one worker process. Its log names the address."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": "127.0.0.1:0",
            "backlog": BACKLOG,
            "worker_class": "gthread",
            "threads": SQLITE_THREADS if is_sqlite(self._url) else POSTGRES_THREADS,
            "keepalive": 75,
            "post_worker_init": lambda _: freeze_gc(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        configure(self._url)
        from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415 - needs the settings

        return WSGIHandler()


def configure(url: str) -> None:
    """Configure Django for the database, before its models are imported."""
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": database_settings(url)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        LOGGING_CONFIG=None,
        ROOT_URLCONF=f"{__name__}.heroes",
        USE_TZ=True,
    )
    django.setup(set_prefix=False)


def prepare(url: str) -> None:
    """Create the table."""
    configure(url)
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from tests.benchmarks.servers.django_ninja.heroes import Hero  # noqa: PLC0415

    with connection.schema_editor() as editor:
        editor.create_model(Hero)


def serve(url: str) -> None:
    """Serve on a free port until SIGTERM."""
    Gunicorn(url).run()
