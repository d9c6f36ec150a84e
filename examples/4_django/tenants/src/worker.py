"""A shop for everybody who signs up: one Django, and a database for each shop."""

import os
import re
import time
from functools import cached_property

from stead import DurableObject, Response, WorkerEntrypoint, wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction

application = get_wsgi_application()

from shop.owner import make_owner

# No host has this name.
TEMPLATE = "(template)"


class Tenant(DurableObject):
    """A shop."""

    async def fetch(self, request):
        if not self.is_open():
            return Response("There is no shop here.\n", status=404)
        return await wsgi.fetch(application, request, self.env)

    def is_open(self):
        return "django_migrations" in connection.introspection.table_names()

    def open(self, image):
        """Makes the database and the owner, and gives the path where the owner chooses a password.
        None if the name is taken."""
        if self.is_open():
            return None
        with transaction.atomic():
            self.ctx.storage.load(image)
            return make_owner()

    @cached_property
    def _image(self):
        call_command("migrate", verbosity=0)
        return self.ctx.storage.serialize()

    def image(self):
        """The database of a new shop. For the template."""
        return self._image


class Default(WorkerEntrypoint):
    """Sends `alice.DOMAIN` to alice's shop. DOMAIN itself is where shops are opened."""

    async def fetch(self, request):
        host = request.headers["host"].lower()
        name = host.partition(":")[0].removesuffix("." + self.env.DOMAIN)
        if name != host.partition(":")[0]:
            return await self.tenant(name).fetch(request)
        if request.method != "POST":
            return page("Open a shop")
        form = await request.form_data()
        return await self.open(str(form.get("name", "")), host)

    def tenant(self, name):
        return self.env.TENANTS.getByName(name)

    async def open(self, name, host):
        if not re.fullmatch("[a-z][a-z0-9-]{0,30}", name):
            return page("Take letters, digits and hyphens", 400)
        began = time.perf_counter()
        image = await self.tenant(TEMPLATE).image()
        welcome = await self.tenant(name).open(image)
        if welcome is None:
            return page("That name is taken", 409)
        took = 1000 * (time.perf_counter() - began)
        headers = {"location": f"//{name}.{host}{welcome}", "server-timing": f"open;dur={took:.1f}"}
        return Response(f"{name} is open.\n", status=303, headers=headers)


def page(title, status=200):
    text = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<h1>{title}</h1>
<form method="post"><label>Name <input name="name" required autofocus></label> <button>Open</button></form>
</html>
"""
    return Response(text, status=status, headers={"content-type": "text/html; charset=utf-8"})
