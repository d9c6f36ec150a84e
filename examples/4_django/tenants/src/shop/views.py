from django.contrib import messages
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from shop.models import Order, Product


def front(request):
    return render(request, "shop/front.html", {"products": Product.objects.all()})


@require_POST
@transaction.atomic
def buy(request, product_id):
    product = get_object_or_404(Product, pk=product_id)
    Order.objects.create(product=product, quantity=1, customer=request.POST.get("customer", ""))
    if Product.objects.filter(pk=product_id, stock__gt=0).update(stock=F("stock") - 1):
        messages.success(request, f"{product} is yours.")
    else:
        transaction.set_rollback(True)
        messages.error(request, f"{product} is sold out.")
    return redirect("front")
