from catalog.models import Book, Shelf
from django.db.models import Avg, Count
from django.shortcuts import get_object_or_404, render


def page(request, tenant):
    """Five queries."""
    shelf = get_object_or_404(Shelf, pk=Shelf.objects.order_by("pk").values_list("pk").first()[0])
    shelves = Shelf.objects.annotate(books=Count("book")).order_by("name")
    books = Book.objects.filter(shelf=shelf).select_related("shelf").order_by("title")[:20]
    average = Book.objects.aggregate(price=Avg("price"))
    content = {"shelf": shelf, "shelves": shelves, "books": books, "average": average["price"]}
    return render(request, "page.html", content)
