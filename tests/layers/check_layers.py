#!/usr/bin/env python3
"""Checks the arrows between rooms, third-party headers against their owners, and the coroutine rule.

Exit 0 and one line when all hold; else every breach with file and line, exit 1.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Third-party headers and the only rooms that may include them.
OWNERS = [
    (re.compile(r"^boost/beast"), {"gateway/http_beast"}),
    (re.compile(r"^boost/asio/ssl"), {"gateway/tls"}),
    (re.compile(r"^boost/asio"), re.compile(r"^gateway/")),
    (re.compile(r"^rapidjson/"), {"fhir/json", "fhir/definitions/generator", "fhir/packages", "fhir/path", "fhir/patch", "gateway/routing"}),
    (re.compile(r"^libxml/"), {"fhir/xml"}),
    (re.compile(r"^sqlite3\.h"), {"gateway/store_sqlite"}),
    (re.compile(r"^yaml-cpp/"), {"gateway/config"}),
    (re.compile(r"^openssl/"), {"gateway/security", "gateway/tls", "fhir/definitions/generator"}),
    (re.compile(r"^(spdlog|prometheus)/"), {"gateway/observe"}),
    (re.compile(r"^boost/multiprecision"), {"fhir/base"}),
    (re.compile(r"^zlib\.h"), {"fhir/packages"}),
    # What is made when first asked for is guarded by a mutex; fhir starts no thread.
    (re.compile(r"^mutex$"), re.compile(r"^(gateway/|fhir/(packages|snapshot|terminology|validate)$)")),
    (re.compile(r"^(thread|condition_variable|future)$"), re.compile(r"^gateway/")),
    (re.compile(r"^regex$"), set()),
]
# Headers the build makes.
GENERATED = {"pack_files.inc", "sql_texts.hpp"}
# An expression with co_await holds only names, calls and moves: no lambda, no braces.
AWAIT = re.compile(r"[^;{}]*\bco_await\b[^;]*;")


def read_arrows():
    """The rooms with what they may use, and what is wrong with the list."""
    arrows, breaches = {}, []
    for number, line in enumerate((ROOT / "tests/layers/arrows.txt").read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        room, allowed = (part.strip() for part in line.split(":"))
        if room in arrows:
            breaches.append(f"tests/layers/arrows.txt:{number}: {room} has a row already")
        arrows[room] = allowed.split()
    return arrows, breaches


def check_table():
    """No room stands twice in the table of ARCHITECTURE.md."""
    seen = set()
    for number, line in enumerate((ROOT / "ARCHITECTURE.md").read_text().splitlines(), 1):
        row = re.match(r"\| (`[^|]*`) \|", line)
        for room in re.findall(r"`((?:fhir|mappings|gateway|conformance)(?:/[a-z0-9_]+)*/?)`", row.group(1)) if row else []:
            if room in seen:
                yield f"ARCHITECTURE.md:{number}: {room} has a row already"
            seen.add(room)


def room_of(path, arrows):
    """The longest room that is a prefix of a root-relative path."""
    best = None
    for room in arrows:
        if path.startswith(room + "/") and (best is None or len(room) > len(best)):
            best = room
    return best


def allowed(room, target, arrows):
    if room == target:
        return True
    for pattern in arrows[room]:
        if pattern == "*" or pattern == target:
            return True
        if pattern.endswith("/*") and target.startswith(pattern[:-1]):
            return True
    return False


def owner_allows(owner, room, folder):
    return bool(owner.match(room)) if hasattr(owner, "match") else room in owner or folder in owner


def check_file(path, arrows):
    relative = path.relative_to(ROOT).as_posix()
    folder = path.parent.relative_to(ROOT).as_posix()
    room = room_of(relative, arrows)
    text = path.read_text()
    if room is None:
        if relative.count("/") > 1:
            yield f"{relative}: belongs to no room of tests/layers/arrows.txt"
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, target = match.groups()
        if kind == '"':
            if target in GENERATED:
                continue
            other = room_of(target, arrows)
            if other is None:
                yield f"{relative}:{number}: \"{target}\" is not a path from the root into a room"
            elif not allowed(room, other, arrows):
                yield f"{relative}:{number}: {room} may not use {other}"
        else:
            for pattern, owner in OWNERS:
                if pattern.match(target):
                    if not owner_allows(owner, room, folder):
                        yield f"{relative}:{number}: <{target}> is not for {room}"
                    break
    stripped = re.sub(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    for match in AWAIT.finditer(stripped):
        statement = match.group()
        tail = statement[statement.index("co_await"):]
        if "{" in tail or re.search(r"(?<![\w\])])\[", tail):
            number = stripped.count("\n", 0, match.start() + statement.index("co_await")) + 1
            yield f"{relative}:{number}: braces or a lambda in an expression with co_await; name the argument on the line above"


def main():
    arrows, breaches = read_arrows()
    breaches.extend(check_table())
    files = 0
    for top in ("fhir", "mappings", "gateway"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".cpp", ".hpp"):
                files += 1
                breaches.extend(check_file(path, arrows))
    for breach in breaches:
        print(breach)
    print(f"layers: {files} files, {len(breaches)} breaches", file=sys.stderr)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
