"""Django serves many objects in one process: nothing of one is seen by another."""

import unittest

from project_case import ProjectCase, node

try:
    import django
except ImportError:
    django = None

MAIN = """
import os
from django.conf import settings
if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth",
                        "django.contrib.sites"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", SITE_ID=1, USE_TZ=True,
        SECRET_KEY="for the test", ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"],
    )
    import django
    django.setup()
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path
from workers import DurableObject, asgi, wsgi
from django.core.wsgi import get_wsgi_application
from django.core.asgi import get_asgi_application

def page(request):
    from django.contrib.auth.models import User
    response = HttpResponse(f"{User.objects.count()} {request.path} {request.META['REMOTE_ADDR']}")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response

async def async_page(request):
    from django.contrib.auth.models import User
    return HttpResponse(f"async {await User.objects.acount()} {User.objects.count()}")

def streamed(request):
    return StreamingHttpResponse(iter([b"\\x00", b"\\xff"]))

urlpatterns = [path("async", async_page), path("streamed", streamed), path("<path:any>", page),
               path("", page)]
page_ = page
def page(request, any=""):
    return page_(request)
urlpatterns = [path("async", async_page), path("streamed", streamed), path("<path:any>", page),
               path("", page)]
wsgi_app, asgi_app = get_wsgi_application(), get_asgi_application()

class Thing(DurableObject):
    def migrate(self):
        from django.core.management import call_command
        call_command("migrate", verbosity=0)
    def add_user(self, name):
        from django.contrib.auth.models import User
        User.objects.create(username=name)
    def users(self):
        from django.contrib.auth.models import User
        return [user.username for user in User.objects.order_by("id")]
    async def users_from_async(self):
        from django.contrib.auth.models import User
        return [User.objects.count(), await User.objects.acount()]
    def type_id(self, offset=0):
        from django.contrib.auth.models import User
        from django.contrib.contenttypes.models import ContentType
        from django.db import connection
        if offset:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM auth_permission")
                cursor.execute("UPDATE django_content_type SET id = id + %s", [offset])
            ContentType.objects.clear_cache()
        row = ContentType.objects.get(app_label="auth", model="user")
        return row.id, ContentType.objects.get_for_model(User).id
    def put_in_cache(self, value):
        from django.core.cache import cache
        cache.set("key", value)
    def look_in_cache(self):
        from django.core.cache import cache
        return cache.get("key")
    def site_name(self, name=None):
        from django.contrib.sites.models import Site
        if name:
            Site.objects.filter(id=1).update(name=name)
            Site.objects.clear_cache()
        return Site.objects.get_current().name
    async def atomic_across_await(self):
        import asyncio
        from django.contrib.auth.models import User
        from django.db import transaction
        try:
            with transaction.atomic():
                User.objects.create(username="undone")
                await asyncio.sleep(1)
                User.objects.create(username="undone too")
                raise KeyError
        except KeyError:
            return User.objects.count()
    def activate(self, name):
        from django.utils import translation
        before = translation.get_language()
        translation.activate(name)
        return before
    async def converted(self):
        from asgiref.sync import async_to_sync, sync_to_async
        import threading
        here = threading.get_ident()
        async def inner(value):
            return await sync_to_async(lambda: [value, threading.get_ident() == here])()
        return await sync_to_async(lambda: async_to_sync(inner)("in"))()
    async def fetch(self, request):
        if request.url.endswith("async"):
            return await asgi.fetch(asgi_app, request, self.env)
        return await wsgi.fetch(wsgi_app, request, self.env)
"""


@unittest.skipUnless(django, "Django is not installed")
class Tenancy(ProjectCase):
    def setUp(self):
        super().setUp()
        self.load(MAIN)
        self.first, self.second = self.object(name="first"), self.object(name="second")
        for thing in (self.first, self.second):
            self.call(thing, "migrate")

    def test_rows(self):
        self.call(self.first, "add_user", "only in the first")
        self.assertEqual(self.call(self.first, "users"), ["only in the first"])
        self.assertEqual(self.call(self.second, "users"), [])

    def test_content_types(self):
        first, cached = self.call(self.first, "type_id", 100)
        self.assertEqual(first, cached)
        second, cached = self.call(self.second, "type_id")
        self.assertEqual(second, cached)
        self.assertEqual(first, second + 100)

    def test_local_memory_cache(self):
        self.call(self.first, "put_in_cache", "secret of the first")
        self.assertEqual(self.call(self.first, "look_in_cache"), "secret of the first")
        self.assertIsNone(self.call(self.second, "look_in_cache"))

    def test_sites(self):
        self.call(self.first, "site_name", "first.test")
        self.assertEqual(self.call(self.second, "site_name"), "example.com")
        self.assertEqual(self.call(self.first, "site_name"), "first.test")

    def test_language_does_not_reach_the_next_event(self):
        self.assertEqual(self.call(self.first, "activate", "de"), "en-us")
        self.assertEqual(self.call(self.first, "activate", "fr"), "en-us")
        self.assertEqual(self.call(self.second, "activate", "fr"), "en-us")

    def test_transaction_across_an_await(self):
        self.assertEqual(self.call(self.first, "atomic_across_await"), 0)

    def test_orm_in_asynchronous_code(self):
        self.call(self.first, "add_user", "u")
        self.assertEqual(self.call(self.first, "users_from_async"), [1, 1])

    def test_asgiref_stays_on_the_thread(self):
        self.assertEqual(self.call(self.first, "converted"), ["in", True])

    def test_page_through_wsgi(self):
        self.call(self.first, "add_user", "u")
        status, headers, body = self.fetch(self.first, "http://site.test/%E6%9D%B1")
        self.assertEqual((status, body.decode()), (200, "1 /東 192.0.2.7"))
        cookies = [value.split(";")[0] for name, value in headers if name == "Set-Cookie"]
        self.assertEqual(sorted(cookies), ["a=1", "b=2"])

    def test_streamed_page_through_wsgi(self):
        self.assertEqual(self.fetch(self.first, "http://site.test/streamed")[2], b"\x00\xff")

    def test_request_finished_is_sent(self):
        from django.core.signals import request_finished

        seen = []
        receiver = lambda **_: seen.append(1)  # noqa: E731
        request_finished.connect(receiver)
        self.addCleanup(request_finished.disconnect, receiver)
        self.text(self.first)
        self.assertEqual(seen, [1])

    def test_asynchronous_view_through_asgi(self):
        self.call(self.first, "add_user", "u")
        self.assertEqual(self.text(self.first, "http://site.test/async"), "async 1 1")

    def test_what_an_object_keeps_goes_with_it(self):
        node.evict(self.first)
        self.assertEqual(self.first.state, {})


if __name__ == "__main__":
    unittest.main()
