#!/usr/bin/env python3
"""Measures a referral in, against the two floors, in one run, and prints one JSON object.

  tests/bench/run.py build/release [--rounds 5] [--seconds 4] [--rate 0.5] [--door http|mllp] [--answered]
      [--connections 64] [--server FILE] [--out FILE]

Each round runs floor-1, the gateway and floor-n one after the other on fresh folders of the same disk, 64 keep-alive
connections, as fast as they answer; the figures are medians over the rounds. Then one open-loop run of the gateway at `--rate`
times its median throughput gives p50 and p99 without waiting in line hidden. floor-n writes as many rows and bytes as the
gateway was seen to write for a referral in the round before it. The partners' endpoint takes connections and never answers, so
deliveries stay in the outbox and nothing but intake is measured. With --door mllp the gateway gets the same referral as HL7 v2,
which it also maps; the floors stay what they are.

With --answered a stand-in hub and practice take the deliveries: the hub acknowledges each referral and sends its acceptance as a
message of its own, and a referral counts, and its latency ends, when the practice was told of the acceptance. Each connection sends its
next referral only then.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "tests/bench/referral.template.json"
V2_TEMPLATE = ROOT / "tests/bench/referral.template.hl7"


class Server:
    """A process that prints one ready line."""

    def __init__(self, command):
        self.started = time.monotonic()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.ready_ms = (time.monotonic() - self.started) * 1000
        self.ready = json.loads(line)
        self.port = self.port_of("http")

    def port_of(self, door):
        return int(self.ready[door].rsplit(":", 1)[1])

    def rss_mb(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def load(build, port, seconds, rate=0.0, partner="", door="http", connections=64, peer=0, gateway=0):
    template = V2_TEMPLATE if door == "mllp" else TEMPLATE
    command = [str(build / "tests/bench/ligament_load"), "--port", str(port), "--template", str(template), "--connections", str(connections), "--door", door,
               "--seconds", str(seconds), "--rate", str(rate), "--seed", str(time.monotonic_ns() % 2**31)]
    if partner:
        command += ["--partner", partner]
    if peer:
        command += ["--peer", str(peer), "--gateway", str(gateway)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def written(database):
    """Rows and bytes of one referral, over all tables."""
    with sqlite3.connect(database) as db:
        referrals = db.execute("SELECT count(*) FROM referral").fetchone()[0]
        rows = size = 0
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'").fetchall():
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            total = "+".join(f"coalesce(length({column}),0)" for column in columns)
            count, length = db.execute(f"SELECT count(*), sum({total}) FROM {table}").fetchone()
            rows += count
            size += length or 0
    return rows / referrals, size / referrals


def configuration(folder, silent_port):
    text = (ROOT / "samples/config/dev.yaml").read_text()
    text = re.sub(r"127\.0\.0\.1:91\d\d", f"127.0.0.1:{silent_port}", text)
    text = text.replace("services: ../services", f"services: {ROOT}/samples/services")
    text = text.replace("attempt_timeout: 5s", "attempt_timeout: 30m")
    path = folder / "bench.yaml"
    path.write_text(text)
    return path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--door", choices=("http", "mllp"), default="http")
    parser.add_argument("--answered", action="store_true")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--server", type=pathlib.Path, help="the ligament to measure; default that of the build")
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    build = options.build.resolve()
    folder = build / "bench"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    silent = None if options.answered else socket.create_server(("127.0.0.1", 0), backlog=1024)
    peer = free_port() if options.answered else 0
    config = configuration(folder, peer or silent.getsockname()[1])

    def serve(name):
        data = folder / name
        shutil.rmtree(data, ignore_errors=True)
        command = [str(options.server or build / "ligament"), "serve", "--dev", "--config", str(config), "--data", str(data), "--http", "127.0.0.1:0"]
        return Server(command + (["--mllp", "127.0.0.1:0"] if options.door == "mllp" else [])), data

    def load_gateway(server, seconds, rate=0.0):
        return load(build, server.port_of(options.door), seconds, rate, "downland-practice", options.door, options.connections, peer,
                    server.port)

    message = V2_TEMPLATE if options.door == "mllp" else TEMPLATE

    def floor(name, rows, size):
        data = folder / name
        shutil.rmtree(data, ignore_errors=True)
        server = Server([str(build / "tests/bench/ligament_floor"), "--data", str(data), "--rows", str(round(rows)), "--bytes", str(round(size))])
        figures = load(build, server.port, options.seconds)
        server.stop()
        shutil.rmtree(data, ignore_errors=True)
        return figures

    rounds = []
    ready_ms = idle_mb = rows = size = 0
    for number in range(options.rounds):
        one = floor("floor-1", 1, 0)
        server, data = serve("gateway")
        ready_ms, idle_mb = server.ready_ms, server.rss_mb()
        gateway = load_gateway(server, options.seconds)
        server.stop()
        rows, size = written(data / "ligament.db")
        body = TEMPLATE.stat().st_size
        many = floor("floor-n", rows, max(0, size - body))
        rounds.append({"floor_1": one, "gateway": gateway, "floor_n": many})
        print(f"round {number + 1}: floor-1 {one['accepted_per_second']:.0f}/s, gateway {gateway['accepted_per_second']:.0f}/s, "
              f"floor-n {many['accepted_per_second']:.0f}/s", file=sys.stderr)

    def median(name):
        return statistics.median(entry[name]["accepted_per_second"] for entry in rounds)

    server, _ = serve("gateway-open-loop")
    open_loop = load_gateway(server, options.seconds * 2, max(1.0, median("gateway") * options.rate))
    server.stop()
    result = {
        "door": options.door,
        "what": "a referral in, delivered to the hub, accepted by it, the practice told" if options.answered else
                "a referral in: received, validated, routed, stored with its outbox rows, acknowledged",
        "connections": options.connections,
        "durability": "SQLite WAL, synchronous=FULL, group commit",
        "cores": os.cpu_count(),
        "message_bytes": message.stat().st_size,
        "rows_per_referral": round(rows, 1),
        "bytes_per_referral": round(size),
        "floor_1_per_second": median("floor_1"),
        "gateway_per_second": median("gateway"),
        "floor_n_per_second": median("floor_n"),
        "gateway_to_floor_1": round(median("gateway") / median("floor_1"), 3),
        "gateway_to_floor_n": round(median("gateway") / median("floor_n"), 3),
        "closed_loop_p50_ms": statistics.median(entry["gateway"]["p50_ms"] for entry in rounds),
        "closed_loop_p99_ms": statistics.median(entry["gateway"]["p99_ms"] for entry in rounds),
        "open_loop": open_loop,
        "ready_ms": round(ready_ms, 1),
        "idle_resident_mb": round(idle_mb, 1),
        "rounds": rounds,
    }
    text = json.dumps(result, indent=1)
    (options.out or folder / "result.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
