"""Settings for Django's own tests, on this project's engine: both databases private and in memory."""

DATABASES = {
    alias: {"ENGINE": "stead.django.do", "NAME": ":memory:"} for alias in ("default", "other")
}
SECRET_KEY = "django_tests_secret_key"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
