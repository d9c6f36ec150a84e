from catalog.views import page
from django.urls import path

urlpatterns = [path("<str:tenant>/", page), path("worker/<str:tenant>/", page)]
