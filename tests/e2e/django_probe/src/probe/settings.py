from stead import env

SECRET_KEY = env.SECRET_KEY
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["probe"]
ROOT_URLCONF = "probe.urls"
DATABASES = {"default": {"ENGINE": "stead.django.do"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
