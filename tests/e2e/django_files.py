"""A small Django project whose sites are objects."""

import os

import project_files

FILES = {
    "wrangler.toml": """
        name = "sites"
        main = "src/worker.py"
        compatibility_date = "2026-01-01"
        [[durable_objects.bindings]]
        name = "SITES"
        class_name = "Site"
        [[migrations]]
        tag = "v1"
        new_sqlite_classes = ["Site"]
    """,
    "src/manage.py": """
        import os
        import sys
        if __name__ == "__main__":
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sites.settings")
            from django.core.management import execute_from_command_line
            execute_from_command_line(sys.argv)
    """,
    "src/worker.py": """
        import os
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sites.settings")
        from django_cf import DjangoCFDurableObject
        from workers import DurableObject, WorkerEntrypoint

        class Site(DjangoCFDurableObject, DurableObject):
            def get_app(self):
                from sites.wsgi import application
                return application

        class Default(WorkerEntrypoint):
            async def fetch(self, request):
                name = request.url.split("/")[3]
                return await self.env.SITES.getByName(name).fetch(request)
    """,
    "src/sites/__init__.py": "",
    "src/sites/settings.py": """
        SECRET_KEY = "x" * 50
        DEBUG = False
        ALLOWED_HOSTS = ["*"]
        ROOT_URLCONF = "sites.urls"
        INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "notes"]
        DATABASES = {"default": {"ENGINE": "stead.django.do"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
        PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        USE_TZ = True
    """,
    "src/sites/wsgi.py": """
        from django.core.wsgi import get_wsgi_application
        application = get_wsgi_application()
    """,
    "src/sites/urls.py": """
        from django.http import HttpResponse
        from django.urls import path
        from notes.models import Note

        def notes(request, site):
            if request.method == "POST":
                Note.objects.create(text=request.GET["text"])
            return HttpResponse(",".join(Note.objects.order_by("id").values_list("text", flat=True)))

        urlpatterns = [path("<site>/notes", notes)]
    """,
    "src/notes/__init__.py": "",
    "src/notes/models.py": """
        from django.db import models

        class Note(models.Model):
            text = models.CharField(max_length=100)
    """,
    "src/notes/migrations/__init__.py": "",
    "src/notes/migrations/0001_initial.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            initial = True
            dependencies = []
            operations = [migrations.CreateModel("Note", [
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=100)),
            ])]
    """,
}

# The first makes the table anew, for which foreign keys are off and SQLite's transaction ends. The
# second adds a column, then refuses the sites that have a note "bad".
NEXT_MIGRATIONS = {
    "src/notes/migrations/0002_longer.py": """
        from django.db import migrations, models

        class Migration(migrations.Migration):
            dependencies = [("notes", "0001_initial")]
            operations = [migrations.AlterField("Note", "text", models.CharField(max_length=200))]
    """,
    "src/notes/migrations/0003_colour.py": """
        from django.db import migrations, models

        def check(apps, schema_editor):
            if apps.get_model("notes", "Note").objects.filter(text="bad").exists():
                raise ValueError("there is a bad note")

        class Migration(migrations.Migration):
            dependencies = [("notes", "0002_longer")]
            operations = [
                migrations.AddField("Note", "colour", models.CharField(max_length=9, default="red")),
                migrations.RunPython(check),
            ]
    """,
    "src/notes/models.py": FILES["src/notes/models.py"].replace("100", "200") + """
            colour = models.CharField(max_length=9, default="red")
    """,
}


def make_project(folder):
    os.makedirs(folder)
    project_files.write(folder, FILES)
    return folder
