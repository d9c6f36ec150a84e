from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def make_owner():
    """A superuser without a password, and the path where they choose one, once."""
    owner = get_user_model().objects.create_superuser("owner")
    user_id = urlsafe_base64_encode(force_bytes(owner.pk))
    return reverse("welcome", args=[user_id, default_token_generator.make_token(owner)])
