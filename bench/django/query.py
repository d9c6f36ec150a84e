#!/usr/bin/env python3
"""ORM round trips on `stead.django.do` against Django's own SQLite engine, in one process.

    PYTHONPATH=build/release/python:python/package bench/django/query.py [--rounds N]

Both engines have a private database in memory, so that only the engines differ. Each kind of query
runs in short rounds, the engines taking turns; the figure is the median of the rounds' ratios, and
below 1 ours is faster. Needs Django.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable

import _stead  # noqa: F401 - sets SQLite up before Python's own sqlite3 does
import django
from django.conf import settings

ENGINES = {"stead": "stead.django.do", "sqlite": "django.db.backends.sqlite3"}

settings.configure(
    DATABASES={
        "default": {"ENGINE": ENGINES["stead"], "NAME": ":memory:"},
        "stead": {"ENGINE": ENGINES["stead"], "NAME": ":memory:"},
        "sqlite": {"ENGINE": ENGINES["sqlite"], "NAME": ":memory:"},
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    SECRET_KEY="bench",
)
django.setup()

from django.db import connections, models, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402


class Author(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField(unique=True)

    class Meta:
        app_label = "bench"


class Article(models.Model):
    title = models.CharField(max_length=100)
    body = models.TextField()
    author = models.ForeignKey(Author, models.CASCADE)
    published = models.BooleanField(default=True)
    at = models.DateTimeField()
    price = models.DecimalField(max_digits=8, decimal_places=2)

    class Meta:
        app_label = "bench"


ROWS = 1000


def fill(alias: str) -> None:
    with connections[alias].schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Article)
    Author.objects.using(alias).bulk_create(
        [Author(name=f"Author {i}", email=f"a{i}@example.org") for i in range(50)]
    )
    now = timezone.now()
    Article.objects.using(alias).bulk_create(
        [
            Article(
                title=f"Article {i}",
                body="Some text. " * 20,
                author_id=i % 50 + 1,
                published=i % 3 > 0,
                at=now,
                price=i,
            )
            for i in range(ROWS)
        ]
    )


def get_one(alias: str, i: int) -> None:
    Article.objects.using(alias).get(pk=i % ROWS + 1)


def list_twenty(alias: str, i: int) -> None:
    list(Article.objects.using(alias).filter(author_id=i % 50 + 1).order_by("-id")[:20])


def join_twenty(alias: str, i: int) -> None:
    list(Article.objects.using(alias).select_related("author").filter(published=True)[:20])


def count(alias: str, i: int) -> None:
    Article.objects.using(alias).filter(author_id=i % 50 + 1).count()


def thousand(alias: str, i: int) -> None:
    for _ in Article.objects.using(alias).all().iterator():
        pass


def values(alias: str, i: int) -> None:
    list(Article.objects.using(alias).filter(pk__lt=100).values_list("id", "title"))


def update(alias: str, i: int) -> None:
    Article.objects.using(alias).filter(pk=i % ROWS + 1).update(title=f"Title {i}")


def create(alias: str, i: int) -> None:
    with transaction.atomic(using=alias):
        author = Author.objects.using(alias).create(name="New", email=f"{time.monotonic_ns()}")
        author.delete()


KINDS: dict[str, tuple[Callable[[str, int], None], int]] = {
    "get": (get_one, 60),
    "count": (count, 60),
    "list of 20": (list_twenty, 30),
    "20 with join": (join_twenty, 30),
    "values of 100": (values, 30),
    "iterate 1000": (thousand, 2),
    "update": (update, 60),
    "create, delete, atomic": (create, 20),
}


def measure(run: Callable[[str, int], None], times: int, alias: str) -> float:
    started = time.perf_counter()
    for i in range(times):
        run(alias, i)
    return (time.perf_counter() - started) / times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--json", help="write the figures to this file too")
    arguments = parser.parse_args()
    for alias in ENGINES:
        fill(alias)
    figures = {}
    print(f"{'query':<24} {'stead µs':>10} {'sqlite µs':>10} {'ratio':>7}")
    for name, (run, times) in KINDS.items():
        for alias in ENGINES:
            measure(run, times, alias)
        ratios, ours, theirs = [], [], []
        for round_number in range(arguments.rounds):
            order = list(ENGINES) if round_number % 2 else list(ENGINES)[::-1]
            spent = {alias: measure(run, times, alias) for alias in order}
            ratios.append(spent["stead"] / spent["sqlite"])
            ours.append(spent["stead"])
            theirs.append(spent["sqlite"])
        ratio = statistics.median(ratios)
        figures[name] = ratio
        print(
            f"{name:<24} {min(ours) * 1e6:>10.1f} {min(theirs) * 1e6:>10.1f} {ratio:>7.3f}",
            flush=True,
        )
    mean = statistics.geometric_mean(figures.values())
    print(f"{'geometric mean':<24} {'':>10} {'':>10} {mean:>7.3f}")
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump({**figures, "mean": mean}, file, indent=2)


if __name__ == "__main__":
    main()
