"""Django on Stead: the engine `stead.django.do`, and what keeps objects apart."""
