"""For tests that serve Django projects: finds Django, copies the project, visits it."""

import http.cookies
import os
import re
import shutil
import subprocess
import unittest
import urllib.parse

import harness
import webdriver

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.environ.get("STEAD_TEST_VENV") or os.path.join(ROOT, "build", "python")
FORM = "application/x-www-form-urlencoded"


def has_django():
    try:
        program = os.path.join(VENV, "bin", "python")
        return subprocess.run([program, "-c", "import django"], timeout=60).returncode == 0
    except OSError:
        return False


class Visitor:
    """A client that keeps cookies, as one visitor of one host."""

    def __init__(self, server, host="127.0.0.1"):
        self._client = server.client(timeout=60)
        self.host = f"{host}:{server.port}"
        self.cookies = {}

    def request(self, method, path, body=None, headers=None):
        sent = {"Host": self.host, **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self._client.request(method, path, body, sent)
        for line in reply.headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.coded_value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return reply

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, **form):
        """A form, with the token of a page that was visited before."""
        form.setdefault("csrfmiddlewaretoken", self.cookies.get("csrftoken", ""))
        return self.request("POST", path, urllib.parse.urlencode(form), {"Content-Type": FORM})

    def log_in(self, username, password):
        self.get("/admin/login/")
        return self.post("/admin/login/", username=username, password=password, next="/admin/")

    def close(self):
        self._client.close()


# The build command's own Python loads the extension, which a sanitizer must be in front of.
SANITIZED = {}
if "STEAD_PRELOAD" in os.environ:
    SANITIZED = {"LD_PRELOAD": os.environ["STEAD_PRELOAD"], "ASAN_OPTIONS": "detect_leaks=0"}


class DjangoCase(harness.TestCase):
    """A copy of a project for each test, below the test's folder."""

    project_source = ""
    environment = {}

    @classmethod
    def setUpClass(cls):
        if not has_django():
            raise unittest.SkipTest(f"Django is not in {VENV}: ./test installs it")

    def setUp(self):
        super().setUp()
        self.project = os.path.join(self.folder, "project")
        left_out = shutil.ignore_patterns("__pycache__", "staticfiles", ".wrangler", "data")
        shutil.copytree(os.path.join(ROOT, self.project_source), self.project, ignore=left_out)

    def serve_project(self, port=0):
        return self.serve("stead", self.project, "--set", f"python.venv={VENV}",
                          env=self.environment | SANITIZED, listen=f"127.0.0.1:{port}")  # fmt: skip

    def manage(self, *arguments, env=None):
        return harness.run("stead", "manage", self.project, "--data", self.data,
                           "--set", f"python.venv={VENV}", *arguments,
                           env=self.environment | SANITIZED | (env or {}), timeout=100)  # fmt: skip

    def visitor(self, server, host="127.0.0.1"):
        visitor = Visitor(server, host)
        self.addCleanup(visitor.close)
        return visitor

    def browser(self):
        if not webdriver.AVAILABLE:
            self.skipTest("chromium and chromium-driver are not installed: ./test installs them")
        browser = webdriver.Browser(os.path.join(self.folder, "profile"))
        self.addCleanup(browser.close)
        return browser

    def check_static_files(self, server, host="127.0.0.1"):
        """The admin's style sheet comes, and says what it is."""
        visitor = self.visitor(server, host)
        page = visitor.get("/admin/login/").text
        path = re.search(r'href="(/static/admin/css/base[^"]*\.css)"', page)[1]
        reply = visitor.get(path)
        self.assertEqual(reply.status, 200, path)
        self.assertEqual(reply.headers["Content-Type"].split(";")[0], "text/css")
        self.assertIn("--primary", reply.text)
