"""The engine of objects, under the name django-cf has for it."""
