"""A small driver of a real Chromium, over chromedriver's WebDriver protocol, with the standard library alone."""

import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb"""
KEYS = {"ArrowDown": "\ue015", "ArrowUp": "\ue013", "ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Enter": "\ue007"}
KEYS |= {"Escape": "\ue00c", "Home": "\ue011", "End": "\ue010", "Tab": "\ue004"}
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def missing() -> str | None:
    """Why no browser can be driven here, or None when one can."""
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",)):
        if not any(map(shutil.which, names)):
            return f"no {names[0]} on this machine (Debian: apt install chromium chromium-driver)"
    return None


class Browser:
    """One headless Chromium with an empty profile: `with Browser() as page: page.open(url)`."""

    def __enter__(self) -> "Browser":
        driver = [shutil.which("chromedriver"), "--port=0"]
        self._driver = subprocess.Popen(driver, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self._port = self._listening()
        binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        wanted = {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": binary, "args": FLAGS.split()},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        self._session = ""
        self._session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._ask("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait(10)
            self._driver.stdout.close()

    def _listening(self) -> int:
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                return int(line.rsplit("port ", 1)[1].strip(" .\n"))
        raise RuntimeError("chromedriver did not start")

    def _ask(self, verb: str, path: str, body: dict | None = None):
        session = f"/session/{self._session}" if self._session else ""
        data = json.dumps(body or {}).encode() if verb == "POST" else None
        request = urllib.request.Request(f"http://127.0.0.1:{self._port}{session}{path}", data, method=verb)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def visit(self, path: str | Path, fragment: str = "") -> None:
        """Open a file of any kind."""
        self._ask("POST", "/url", {"url": f"{Path(path).resolve().as_uri()}{fragment}"})

    def open(self, path: str | Path, fragment: str = "", ready: str = "all") -> float:
        """Open a page afresh; seconds until it says it is ready (`tree`: usable, `all`: everything unpacked)."""
        self._ask("POST", "/url", {"url": "about:blank"})
        started = time.perf_counter()
        self.visit(path, fragment)
        wanted = "['tree','all']" if ready == "tree" else "['all']"
        self.until(f"{wanted}.includes(document.documentElement.dataset.ready)")
        return time.perf_counter() - started

    def run(self, script: str, *arguments: object):
        """What a script returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, condition: str, seconds: float = 10):
        """Wait for an expression to be true; its value."""
        end = time.perf_counter() + seconds
        while True:
            value = self.run(f"return {condition}")
            if value:
                return value
            if time.perf_counter() > end:
                raise AssertionError(f"not within {seconds} s: {condition}")
            time.sleep(0.01)

    def text(self, selector: str = "body") -> str:
        """The text of the first element that matches, as it is shown; empty when it is not."""
        shown = "const e = document.querySelector(arguments[0]); return e?.checkVisibility() ? e.innerText : ''"
        return self.run(shown, selector)

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that match."""
        return self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)", selector)

    def click(self, selector: str) -> None:
        """A real click on the first element that matches; one that still moves is waited for, as a hand would."""
        end = time.perf_counter() + 5
        while True:
            element = self._ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
            try:
                self._ask("POST", f"/element/{element}/click")
            except RuntimeError as error:
                if "click intercepted" not in str(error) or time.perf_counter() > end:
                    raise
            else:
                return
            time.sleep(0.05)

    def keys(self, *keys: str) -> None:
        """Press keys, by name or character, wherever the focus is."""
        presses = [
            {"type": kind, "value": KEYS.get(key, key)}
            for word in keys
            for key in ([word] if word in KEYS else word)
            for kind in ("keyDown", "keyUp")
        ]
        self._ask("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": presses}]})

    def back(self) -> None:
        """The browser's back button."""
        self._ask("POST", "/back")

    def cdp(self, command: str, **parameters: object):
        """A command of the DevTools protocol."""
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def frame(self, selector: str) -> None:
        """Look into an iframe."""
        self._ask("POST", "/frame", {"id": self._ask("POST", "/element", {"using": "css selector", "value": selector})})

    def screen(self, width: int, height: int, dark: bool = False, touch: bool = False, scale: float = 1) -> None:
        """The size and kind of the screen."""
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=touch
        )
        self.cdp("Emulation.setTouchEmulationEnabled", enabled=touch)
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.cdp("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, path: str | Path) -> None:
        """What is on the screen, as PNG."""
        Path(path).write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def complaints(self) -> list[str]:
        """What the console has got since the last call: warnings and errors."""
        entries = self._ask("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]
