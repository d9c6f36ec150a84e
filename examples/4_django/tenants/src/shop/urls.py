from django.contrib import admin
from django.contrib.auth.views import PasswordResetConfirmView
from django.urls import path

from shop import views

welcome = PasswordResetConfirmView.as_view(post_reset_login=True, success_url="/admin/")

urlpatterns = [
    path("", views.front, name="front"),
    path("buy/<int:product_id>/", views.buy, name="buy"),
    path("welcome/<uidb64>/<token>/", welcome, name="welcome"),
    path("admin/", admin.site.urls),
]
