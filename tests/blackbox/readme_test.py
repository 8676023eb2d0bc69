#!/usr/bin/env python3
"""Runs the console snippets of README.md and compares what they print.

In a ```console block a line that starts with `$ ` is run by bash in the source folder; the lines after it are what it must
print. `...` stands for anything. A command that ends in `&` is left running until the end; its first line is compared.
Usage: readme_test.py BINARY
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def snippets(text):
    """Pairs of command and expected output, in order."""
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.S | re.M):
        command, expected = None, []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command is not None:
                    yield command, "\n".join(expected)
                command, expected = line[2:], []
            else:
                expected.append(line)
        if command is not None:
            yield command, "\n".join(expected)


def matches(expected, printed):
    pattern = ".*".join(re.escape(part) for part in expected.split("..."))
    return re.fullmatch(pattern, printed.strip(), flags=re.S) is not None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    binary = sys.argv[1]
    port, mllp = str(free_port()), str(free_port())
    data = "/tmp/ligament-walk-" + port
    running = []
    failures = 0
    count = 0
    try:
        for command, expected in snippets((ROOT / "README.md").read_text()):
            count += 1
            command = command.replace("build/release/ligament", binary).replace("8090", port)
            command = command.replace("8091", mllp)
            command = command.replace("/tmp/ligament-walk", data)
            expected = expected.replace("8090", port).replace("8091", mllp)
            if command.endswith("&"):
                process = subprocess.Popen(["exec " + command[:-1]], shell=True, cwd=ROOT, stdout=subprocess.PIPE,
                                           stderr=subprocess.DEVNULL, text=True)
                running.append(process)
                printed = process.stdout.readline()
                code = 0
            else:
                done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60)
                printed, code = done.stdout, done.returncode
            if code != 0 or not matches(expected, printed):
                failures += 1
                print(f"README snippet failed (exit {code}):\n$ {command}\nexpected:\n{expected}\nprinted:\n{printed[:2000]}\n")
    finally:
        for process in running:
            process.terminate()
            process.wait(timeout=20)
        shutil.rmtree(data, ignore_errors=True)
    print(f"{count} snippets, {failures} failures")
    return 1 if failures or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
