"""The catalog in objects: /t{tenant}/ is the tenant's, and /worker/t{tenant}/ too, by a worker."""

import os

from stead import DurableObject, Response, WorkerEntrypoint, wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog.settings")

from catalog.wsgi import application  # noqa: E402
from django.core.management import call_command  # noqa: E402


class Catalog(DurableObject):
    async def fetch(self, request):
        if request.method == "POST":
            from catalog.models import fill

            call_command("migrate", verbosity=0)
            fill()
            return Response("filled")
        return await wsgi.fetch(application, request, self.env)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        tenant = request.url.split("/")[-2].removeprefix("t")
        return await self.env.CATALOGS.getByName(tenant).fetch(request)
