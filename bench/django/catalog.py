"""The site in bench/django/site, served by Stead or by gunicorn."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SITE = ROOT / "bench/django/site"
sys.path.insert(0, str(ROOT / "bench"))

from measured_server import MeasuredServer, free_port  # noqa: E402


def add_options(parser):
    """Those that every benchmark of the site has."""
    parser.add_argument(
        "--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="programs"
    )
    parser.add_argument(
        "--venv", type=pathlib.Path, default=ROOT / "build/python", help="has Django and gunicorn"
    )
    parser.add_argument("--data", help="folder for databases, for the time of the run")


def require(path, advice):
    if not os.access(path, os.X_OK):
        raise SystemExit(f"{path} is missing: {advice}")


def _log(folder, name):
    return open(os.path.join(folder, name + ".log"), "w")  # noqa: SIM115


def start_stead(options, folder, *settings):
    """The data are in `folder`, so a later start finds them again."""
    program = options.bin / "stead"
    require(program, "cmake --build --preset release")
    require(options.venv / "bin/python", "./test makes it")
    site = os.path.join(folder, "site")
    if not os.path.exists(site):
        shutil.copytree(SITE, site, ignore=shutil.ignore_patterns("__pycache__"))
    port = free_port()
    command = [program, "serve", site, "--listen", f"127.0.0.1:{port}",
               "--data", os.path.join(folder, "data"), "--log-level", "warning",
               "--set", f"python.venv={options.venv}"]  # fmt: skip
    for setting in settings:
        command += ["--set", setting]
    return MeasuredServer("stead", command, port, _log(folder, "stead"), ready=("POST", "/tready/"))


def start_gunicorn(options, folder, worker_class):
    """One worker of one thread, on a file of its own that is filled first."""
    program = options.venv / "bin/gunicorn"
    require(program, f"{options.venv}/bin/python -m pip install gunicorn")
    name = f"gunicorn_{worker_class}"
    environment = {
        "CATALOG_FILE": os.path.join(folder, name + ".sqlite"),
        "DJANGO_SETTINGS_MODULE": "catalog.settings",
        "PYTHONPATH": str(SITE / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    fill = ("import django; django.setup(); from django.core.management import call_command; "
            "call_command('migrate', verbosity=0); from catalog.models import fill; fill()")  # fmt: skip
    subprocess.run(
        [options.venv / "bin/python", "-c", fill], env={**os.environ, **environment}, check=True
    )
    port = free_port()
    command = [program, "catalog.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
               "--worker-class", worker_class, "--log-level", "warning"]  # fmt: skip
    return MeasuredServer(
        name, command, port, _log(folder, name), ready=("GET", "/t0/"), environment=environment
    )
