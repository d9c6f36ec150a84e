"""What tests ask of Django in an object. The first part of the path is the object's name."""

import logging
import os

from stead import DurableObject, WorkerEntrypoint, wsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "probe.settings")
logging.basicConfig()

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


class Site(DurableObject):
    async def fetch(self, request):
        return await wsgi.fetch(application, request, self.env)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        site = request.headers.get("x-site", "one")
        return await self.env.SITES.getByName(site).fetch(request)
