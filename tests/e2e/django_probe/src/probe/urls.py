from django.urls import path, re_path

from probe import views

urlpatterns = [
    path("setup", views.setup),
    path("upload", views.upload),
    path("download/<int:id>", views.download),
    path("cookies", views.cookies),
    path("stream", views.stream),
    path("echo", views.echo),
    path("client", views.client),
    path("fail", views.fail),
    path("counters", views.counters),
    path("rollback", views.rollback),
    path("nested", views.nested),
    path("half/<str:how>", views.half),
    path("slow-add", views.slow_add),
    path("waiting-add", views.waiting_add),
    re_path("^path/", views.shown_path),
]
