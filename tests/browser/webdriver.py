"""A real Chromium, driven by Selenium: what the tests of the explorer do with it, in a few words."""

import shutil
import time
from pathlib import Path

import axe_core_python
from selenium.common.exceptions import ElementClickInterceptedException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --hide-scrollbars --force-color-profile=srgb"""
KEYS = {"ArrowDown": Keys.ARROW_DOWN, "ArrowUp": Keys.ARROW_UP, "ArrowRight": Keys.ARROW_RIGHT}
KEYS |= {"ArrowLeft": Keys.ARROW_LEFT, "Enter": Keys.ENTER, "Escape": Keys.ESCAPE, "Home": Keys.HOME, "End": Keys.END}
KEYS |= {"Tab": Keys.TAB}
AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
VIOLATIONS = """
    const done = arguments[arguments.length - 1];
    axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => done(violations.flatMap(
        (violation) => violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)}`))));
"""


def missing() -> str | None:
    """Why no browser can be driven here, or None when one can."""
    for names in (("chromium", "chromium-browser", "google-chrome"), ("chromedriver",)):
        if not any(map(shutil.which, names)):
            return f"no {names[0]} on this machine (Debian: apt install chromium chromium-driver)"
    return None


class Browser:
    """One headless Chromium with an empty profile: `with Browser() as page: page.open(url)`."""

    def __enter__(self) -> "Browser":
        options = ChromeOptions()
        options.binary_location = next(
            filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
        )
        for flag in FLAGS.split():
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self._driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
        return self

    def __exit__(self, *_: object) -> None:
        self._driver.quit()

    def visit(self, path: str | Path, fragment: str = "") -> None:
        """Open a file of any kind."""
        self._driver.get(f"{Path(path).resolve().as_uri()}{fragment}")

    def open(self, path: str | Path, fragment: str = "", ready: str = "all") -> float:
        """Open a page afresh; seconds until it says it is ready (`tree`: usable, `all`: everything unpacked)."""
        self._driver.get("about:blank")
        started = time.perf_counter()
        self.visit(path, fragment)
        wanted = "['tree','all']" if ready == "tree" else "['all']"
        self.until(f"{wanted}.includes(document.documentElement.dataset.ready)")
        return time.perf_counter() - started

    def run(self, script: str, *arguments: object):
        """What a script returns."""
        return self._driver.execute_script(script, *arguments)

    def until(self, condition: str, seconds: float = 10):
        """Wait for an expression to be true; its value."""
        end = time.perf_counter() + seconds
        while not (value := self.run(f"return {condition}")):
            if time.perf_counter() > end:
                raise AssertionError(f"not within {seconds} s: {condition}")
            time.sleep(0.01)
        return value

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
            try:
                self._driver.find_element(By.CSS_SELECTOR, selector).click()
            except ElementClickInterceptedException:
                if time.perf_counter() > end:
                    raise
                time.sleep(0.05)
            else:
                return

    def keys(self, *keys: str) -> None:
        """Press keys, by name or character, wherever the focus is."""
        ActionChains(self._driver, duration=0).send_keys(*(KEYS.get(key, key) for key in keys)).perform()

    def back(self) -> None:
        """The browser's back button."""
        self._driver.back()

    def cdp(self, command: str, **parameters: object):
        """A command of the DevTools protocol."""
        return self._driver.execute_cdp_cmd(command, parameters)

    def saved(self, selector: str, folder: Path) -> Path:
        """The file that a click on an element saves, in a folder of its own."""
        folder.mkdir(exist_ok=True)
        before = set(folder.iterdir())
        self.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))
        self.click(selector)
        end = time.perf_counter() + 10
        while True:
            new = [path for path in folder.iterdir() if path not in before]
            # Chromium holds the name with an empty file until the download, which has a name of its own, is whole.
            if len(new) == 1 and new[0].suffix != ".crdownload" and new[0].stat().st_size:
                return new[0]
            if time.perf_counter() > end:
                raise AssertionError(f"{selector} saved nothing")
            time.sleep(0.02)

    def frame(self, selector: str) -> None:
        """Look into an iframe."""
        self._driver.switch_to.frame(self._driver.find_element(By.CSS_SELECTOR, selector))

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
        Path(path).write_bytes(self._driver.get_screenshot_as_png())

    def complaints(self) -> list[str]:
        """What the console has got since the last call: warnings and errors."""
        entries = self._driver.get_log("browser")
        return [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page as it is now: the rule, and the element."""
        if not self.run("return 'axe' in window"):
            self.run(AXE.read_text(encoding="utf-8"))
        return self._driver.execute_async_script(VIOLATIONS)
