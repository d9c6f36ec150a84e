from django.db import models


class Shelf(models.Model):
    name = models.CharField(max_length=80)


class Book(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    title = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=8, decimal_places=2)


def fill():
    """Ten shelves of thirty books."""
    Shelf.objects.all().delete()
    shelves = Shelf.objects.bulk_create(Shelf(name=f"Shelf {n}") for n in range(10))
    Book.objects.bulk_create(
        Book(shelf=shelf, title=f"Book {n}", price=n) for shelf in shelves for n in range(30)
    )
