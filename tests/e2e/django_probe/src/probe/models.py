from django.db import models


class Counter(models.Model):
    name = models.CharField(max_length=20, unique=True)
    value = models.IntegerField(default=0)


class Upload(models.Model):
    name = models.CharField(max_length=200)
    content = models.BinaryField()
