import os
BASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Keep the one of a real site secret.
SECRET_KEY = 'django-insecure-only-for-this-example'
DEBUG = False
ALLOWED_HOSTS = ['*']

INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'django.contrib.messages',
    'django.contrib.staticfiles',
    'notes',
]

MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.contrib.messages.middleware.MessageMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]

ROOT_URLCONF = 'myproject.urls'
WSGI_APPLICATION = 'myproject.wsgi.application'

TEMPLATES = [
    {
        'BACKEND': 'django.template.backends.django.DjangoTemplates',
        'APP_DIRS': True,
        'OPTIONS': {
            'context_processors': [
                'django.template.context_processors.request',
                'django.contrib.auth.context_processors.auth',
                'django.contrib.messages.context_processors.messages',
            ],
        },
    },
]

DATABASES = {
    'default': {
        'ENGINE': 'django_cf.do_binding',
        # 'CLOUDFLARE_BINDING' should match the 'name' of your DO binding in wrangler.toml
        'CLOUDFLARE_BINDING': 'DO_STORAGE',
        # 'CLOUDFLARE_INSTANCE_NAME' is optional, defaults to "singleton_instance"
        # It's the name used with idFromName() if not dynamically determined.
        # 'CLOUDFLARE_INSTANCE_NAME': 'my_default_do_instance',
    }
}

DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
USE_TZ = True

STATIC_URL = '/static/'
# STATIC_ROOT should point to the 'bucket' directory in wrangler.toml,
# often one level above the 'src' directory.
STATIC_ROOT = os.path.join(os.path.dirname(BASE_DIR), 'staticfiles', 'static')
