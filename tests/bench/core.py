#!/usr/bin/env python3
"""Measures the FHIR core against the JavaScript engines of npm, in one run on one thread, and prints one JSON object.

  tests/bench/core.py build/release EXAMPLES [--seconds 3] [--out FILE]

EXAMPLES is a folder of FHIR R4 resources in JSON. Builds nothing: json_read_bench, validate_bench and path_bench are targets of
the build folder. The engines are installed from npm by the lock file beside peers/peers.mjs, on the first run. All rates are by processor
time; a ratio is ours to the best of the others. @medplum/core and fhir do less: neither runs the invariants and bindings that
ours runs (docs/performance.md).
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
EXPRESSIONS = ["birthDate", "name.where(use='official').given.first()"]


def run(command, **more):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **more).stdout


def measures(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def peers(examples, seconds):
    folder = HERE / "peers"
    if not (folder / "node_modules").is_dir():
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)
    return measures(run(["node", "peers.mjs", examples, seconds, *EXPRESSIONS], cwd=folder))


def ours(build, examples):
    bench = build / "tests/bench"
    figures = {}
    for row in measures(run([bench / "json_read_bench", examples, 30, "json read, as stored"])):
        if "mb_per_s" in row:
            figures["json_read_mb_per_s"] = row["mb_per_s"]
            figures["json_read_best_mb_per_s"] = row["best_mb_per_s"]
    rows = measures(run([bench / "validate_bench", examples]))
    for row in rows:
        if row["measure"] == "read_and_validator":
            figures["read_and_validate_resources_per_s"] = row["resources_per_s"]
            figures["read_and_validate_mb_per_s"] = row["mb_per_s"]
        elif row["measure"] == "first_verdict":
            figures["first_verdict_ms"] = row["ms"]
        elif row["measure"] == "process":
            figures["resident_mb"] = round(row["resident_kb"] / 1024, 1)
    figures["bundles"] = [{key: row[key] for key in ("references", "seconds")} for row in rows if row["measure"] == "bundle"]
    text = run([bench / "path_bench"])
    figures["fhirpath_per_s"] = {
        expression: int(re.search(rf"(\d+)/s  {re.escape(expression)}$", text, re.MULTILINE).group(1)) for expression in EXPRESSIONS
    }
    return figures


def cold_start_ms(build, examples):
    file = next(iter(sorted(pathlib.Path(examples).glob("Patient-*.json"))))
    times = []
    for _ in range(9):
        begun = time.monotonic()
        subprocess.run([build / "ligament", "validate", file], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append((time.monotonic() - begun) * 1000)
    return sorted(times)[len(times) // 2]


def best(rows, measure, key, **where):
    found = [row for row in rows if row["measure"] == measure and all(row.get(name) == value for name, value in where.items())]
    return max(found, key=lambda row: row[key])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("examples", type=pathlib.Path)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    build, examples = options.build.resolve(), options.examples.resolve()
    others = peers(examples, options.seconds)
    mine = ours(build, examples)
    parse = best(others, "json_parse", "mb_per_s")
    validate = best(others, "read_and_validate", "resources_per_s")
    ratios = {
        "json_read": round(mine["json_read_mb_per_s"] / parse["mb_per_s"], 2),
        "read_and_validate": round(mine["read_and_validate_resources_per_s"] / validate["resources_per_s"], 2),
    }
    for expression in EXPRESSIONS:
        other = best(others, "fhirpath", "per_s", expression=expression)
        ratios[expression] = round(mine["fhirpath_per_s"][expression] / other["per_s"], 1)
    report = {"ours": mine, "start_to_first_verdict_ms": round(cold_start_ms(build, examples), 1), "peers": others, "ratios": ratios}
    text = json.dumps(report, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
