from django_cf import DjangoCFDurableObject
from PythonWorker import DurableObject # Standard Cloudflare DurableObject base

# Your Django project's WSGI application
from myproject.wsgi import application

class DjangoDO(DjangoCFDurableObject, DurableObject):
    def get_app(self):
        # This method provides the Django WSGI app to the Durable Object
        return application
    # You can add custom methods to your Durable Object here

# Main fetch handler for the worker
async def on_fetch(request, env):
    # Example: Route all requests to a single DO instance (singleton)
    # For multi-tenant apps, derive 'name' from the request (e.g., user, path)
    do_id = env.DO_STORAGE.idFromName("singleton_instance")
    stub = env.DO_STORAGE.get(do_id)
    return await stub.fetch(request) # Forward the request to the Durable Object
