"""From a fresh folder to the running demo, with nothing but Python 3.11-3.13.

    python3 start.py [--no-serve] [--port N] [--no-browser]   install, then the demo
    python3 start.py install                                  install only
    python3 start.py test [pytest arguments]                  install, then the tests

Standard library only. Every Python 3 since 3.6 must be able to parse this file, so
that one too old for the product can say so.
"""

import argparse
import hashlib
import importlib.util
import os
import platform
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed.txt"
WHEELS = ROOT / "wheels"
# The second contains the first, version for version.
REQUIREMENTS = ["runtime", "test"]
DEFAULT_PORT = 8000


class StartError(Exception):
    """Ends the program with a sentence in both languages and an exit code."""

    def __init__(self, chinese, english, code=1):
        super().__init__(english)
        self.chinese, self.english, self.code = chinese, english, code


def say(chinese, english):
    """Print Chinese, then English; a console that cannot show Chinese gets English."""
    for line in (chinese, english):
        try:
            line.encode(sys.stderr.encoding or "ascii")
        except UnicodeEncodeError:
            continue
        print(line, file=sys.stderr, flush=True)


def is_supported(version):
    """Tell whether the product runs on this Python."""
    return (3, 11) <= tuple(version[:2]) <= (3, 13)


def check_python():
    """Refuse a Python the product does not run on, or one without venv."""
    if not is_supported(sys.version_info):
        found = platform.python_version()
        raise StartError(
            f"需要 Python 3.11、3.12 或 3.13,当前是 {found}。",
            f"Python 3.11, 3.12 or 3.13 is needed; this is {found}.",
        )
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise StartError(
            "这个 Python 缺少 venv 或 ensurepip。Debian、Ubuntu 请先运行:apt install python3-venv",
            "This Python lacks venv or ensurepip. On Debian or Ubuntu: apt install python3-venv",
        )


def run(*command, **env):
    """Run a command in the project's folder; return its exit code. Ctrl-C lets it end."""
    words = [str(word) for word in command]
    process = subprocess.Popen(words, cwd=str(ROOT), env=dict(os.environ, PYTHONUTF8="1", **env))
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def venv_version():
    """Tell the version of the Python in .venv; "" if there is none that works and suits."""
    probe = "import pip, platform as p, sys; print(p.python_version(), *sys.version_info[:2])"
    try:
        output = subprocess.check_output([str(PYTHON), "-c", probe], stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    version, major, minor = output.decode().split()
    return version if is_supported((int(major), int(minor))) else ""


def make_venv():
    """Make .venv anew."""
    import venv  # here, because some systems leave it out: see check_python

    say("正在创建 .venv …", "Making .venv ...")
    try:
        venv.create(str(VENV), clear=True, symlinks=os.name != "nt", with_pip=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise StartError(f"无法创建 .venv:{error}", f"Making .venv failed: {error}") from error


def stamps(name, version):
    """List what the stamp may say when this requirements file, or one containing it, is in."""
    enough = REQUIREMENTS[REQUIREMENTS.index(name) :]
    files = [(each, ROOT / "requirements" / f"{each}.txt") for each in enough]
    digests = [(each, hashlib.sha256(path.read_bytes()).hexdigest()) for each, path in files]
    return [f"{each} {digest} {version}" for each, digest in digests]


def install(name):
    """Bring .venv to what the requirements file says; nothing to do costs nothing."""
    version = venv_version()
    if not version:
        make_venv()
        version = venv_version()
    accepted = stamps(name, version)
    if STAMP.exists() and STAMP.read_text(encoding="utf-8") in accepted:
        return
    if STAMP.exists():
        STAMP.unlink()  # an install broken off half-way must be seen next time
    say("正在安装依赖(约一分钟)…", "Installing the libraries (about a minute) ...")
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "-q", "--no-compile"]
    source = ["--no-index", "--find-links", "wheels"] if WHEELS.is_dir() else []
    code = run(*pip, "--require-hashes", *source, "-r", f"requirements/{name}.txt")
    if code:
        remedy = "pip download -r requirements/test.txt -d wheels"
        raise StartError(
            "安装依赖失败(原因见上)。没有网络?请在联网的、系统和 Python 版本相同的电脑上运行 "
            f"{remedy},再把 wheels 文件夹放到这里。",
            "Installing the libraries failed (the reason is above). No network? On a connected "
            "computer with the same system and Python version run "
            f"{remedy} and put the folder wheels here.",
            code,
        )
    STAMP.write_text(accepted[0], encoding="utf-8")


def answers(port):
    """Tell whether something listens on this port of the loopback address."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def open_browser(port):
    """Open the demo once it answers; where there is no screen, do nothing."""
    if sys.platform.startswith("linux") and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
        return  # webbrowser would put a text browser over the terminal
    until = time.monotonic() + 120
    while time.monotonic() < until and not answers(port):
        time.sleep(0.3)
    webbrowser.open(f"http://127.0.0.1:{port}/")


def demo(options):
    """Make the demo's data; unless told otherwise, serve it and open the browser."""
    command = [PYTHON, "manage.py", "demo", "--port", options.port]
    if options.no_serve:
        return run(*command, "--no-serve", DEMO="1")
    if answers(options.port):
        raise StartError(
            f"端口 {options.port} 已被占用,请用 --port 换一个。",
            f"Port {options.port} is taken; choose another with --port.",
        )
    if not options.no_browser:
        threading.Thread(target=open_browser, args=(options.port,), daemon=True).start()
    return run(*command, DEMO="1")


def port_number(text):
    """Read a port; argparse turns the ValueError into its refusal."""
    if not 1 <= int(text) <= 65535:
        raise ValueError(text)
    return int(text)


class Parser(argparse.ArgumentParser):
    """Refuses wrong arguments in both languages."""

    def error(self, message):
        usage = "python3 start.py [--no-serve] [--port N] [--no-browser] | install | test ..."
        english = f"Wrong arguments: {message}. Usage: {usage}"
        raise StartError(f"参数不对。用法:{usage}", english, 2)


def main(arguments):
    """Do what the arguments ask; return the exit code."""
    if arguments[:1] == ["test"]:
        check_python()
        install("test")
        return run(PYTHON, "-m", "pytest", *arguments[1:])
    parser = Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    if arguments[:1] == ["install"]:
        parser.parse_args(arguments[1:])
        check_python()
        install("runtime")
        return 0
    parser.add_argument("--no-serve", action="store_true", help="make the demo's data and end")
    parser.add_argument("--port", type=port_number, default=DEFAULT_PORT, help="default: 8000")
    parser.add_argument("--no-browser", action="store_true", help="open no browser")
    options = parser.parse_args(arguments)
    check_python()
    install("runtime")
    return demo(options)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StartError as stop:
        say(stop.chinese, stop.english)
        sys.exit(stop.code)
    except KeyboardInterrupt:
        sys.exit(130)
