"""Django in objects: the database engine ``stead.django.do``, and what keeps objects apart."""
