"""The Django database engine for an object's own database: ``ENGINE = "stead.django.do"``."""
