"""What all tests share: hypothesis tries the same examples in every run, however slow the machine is."""

from hypothesis import settings

settings.register_profile("wsc", deadline=None, derandomize=True)
settings.load_profile("wsc")
