"""A real browser for tests: Chromium without a window, driven over WebDriver's HTTP protocol."""

import http.client
import json
import re
import shutil
import subprocess

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
AVAILABLE = bool(CHROMIUM and DRIVER)

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--no-proxy-server"]  # fmt: skip


class WebDriverError(Exception):
    pass


class Element:
    def __init__(self, browser, reference):
        self._browser = browser
        self._path = f"/element/{reference[ELEMENT]}"

    def click(self):
        self._browser.command("POST", f"{self._path}/click", {})

    def type(self, text):
        self._browser.command("POST", f"{self._path}/clear", {})
        self._browser.command("POST", f"{self._path}/value", {"text": text})

    def choose(self, option):
        """Of a `select`: the option with this value."""
        [found] = self._browser.command("POST", f"{self._path}/elements", {
            "using": "css selector", "value": f"option[value='{option}']"})  # fmt: skip
        Element(self._browser, found).click()

    @property
    def text(self):
        return self._browser.command("GET", f"{self._path}/text")


class Browser:
    """A browser with a new profile. What `find` looks for may come within ten seconds."""

    def __init__(self, profile):
        self._driver = subprocess.Popen(
            [DRIVER, "--port=0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        self._session = ""
        self._connection = None
        for line in self._driver.stdout:
            if found := re.search(r"successfully on port (\d+)", line):
                break
        else:
            raise WebDriverError("chromedriver did not start")
        self._connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
        options = {"binary": CHROMIUM, "args": [*FLAGS, f"--user-data-dir={profile}"]}
        capabilities = {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
        try:
            made = self.command("POST", "", {"capabilities": capabilities})
            self._session = "/" + made["sessionId"]
            self.command("POST", "/timeouts", {"implicit": 10_000, "pageLoad": 60_000})
        except BaseException:
            self.close()
            raise

    def command(self, method, path, body=None):
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/session{self._session}{path}", content)
        value = json.loads(self._connection.getresponse().read())["value"]
        if isinstance(value, dict) and "error" in value:
            raise WebDriverError(f"{value['error']}: {value.get('message', '').splitlines()[0]}")
        return value

    def open(self, url):
        self.command("POST", "/url", {"url": url})

    def find(self, css):
        return Element(self, self.command("POST", "/element", {
            "using": "css selector", "value": css}))  # fmt: skip

    def run(self, script, *arguments):
        return self.command("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def fill(self, **fields):
        """Types into the fields of a form by their names."""
        for name, text in fields.items():
            self.find(f"[name='{name}']").type(text)

    @property
    def url(self):
        return self.command("GET", "/url")

    @property
    def text(self):
        return self.find("body").text

    def close(self):
        try:
            if self._session:
                self.command("DELETE", "")
        except (OSError, http.client.HTTPException):
            pass
        finally:
            if self._connection is not None:
                self._connection.close()
            self._driver.terminate()
            self._driver.wait()
            self._driver.stdout.close()
