"""The `pyodide` package, as far as code for Python Workers uses it."""

__version__ = "0.28.2"
