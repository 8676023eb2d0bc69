#!/usr/bin/env python3
"""Kills the real gateway under load, again and again, and counts what is left.

    crash_rounds.py LIGAMENT SOURCE

Each round puts referrals on a running gateway from several connections, over HTTP and over MLLP, kills it with SIGKILL
at a random moment, starts it on the same folder and sends again whatever was not answered: over HTTP with the same ids,
where 200 and 409 duplicate both say that it is there, over MLLP under a new control id, where AA does. After every few rounds the folder is examined: each acknowledged referral is there exactly once,
the ledger and the audit chain hold, and everything reached the partners, one message each.

LIGAMENT_CRASH_ROUNDS (200) and LIGAMENT_CRASH_SEED (1) come from the environment. Standard library only.
"""
import http.client
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from messages import Samples, V2Message
from partners import Partners

HTTP_CONNECTIONS = 2
MLLP_CONNECTIONS = 2
ROUNDS_PER_FOLDER = 20
SENDER = "downland-practice"


class Failure(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def write_config(source, folder, port):
    """The example configuration with the partners' endpoints at our server, and retries that do not wait long."""
    text = (pathlib.Path(source) / "samples/config/dev.yaml").read_text()
    name = None
    lines = []
    for line in text.splitlines():
        found = re.match(r"  - name: (\S+)", line)
        name = found.group(1) if found else name
        if re.match(r"    endpoint: ", line):
            line = f"    endpoint: http://127.0.0.1:{port}/{name}/fhir"
        line = re.sub(r"^  first: .*", "  first: 50ms", line)
        line = re.sub(r"^  max: .*", "  max: 500ms", line)
        line = re.sub(r"^services: .*", f"services: {source}/samples/services", line)
        lines.append(line)
    path = pathlib.Path(folder) / "crash.yaml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


class Gateway:
    """One process on a data folder."""

    def __init__(self, binary, config, data):
        self.log = open(os.path.join(data, "log"), "ab")
        self.process = subprocess.Popen(
            [binary, "serve", "--dev", "--config", config, "--data", os.path.join(data, "store"), "--http", "127.0.0.1:0",
             "--mllp", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        expect(line, "the gateway did not start; its log: " + pathlib.Path(data, "log").read_text()[-2000:])
        ready = json.loads(line)
        self.address = ready["http"]
        self.mllp = ready["mllp"]

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=20)

    def end(self, how):
        self.process.send_signal(how)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return status


class HttpSender:
    """One connection. `send` says `taken`, `there` for a duplicate, `later`, None without an answer, or what else came."""

    def __init__(self, gateway):
        self.connection = gateway.connect()

    def send(self, message):
        headers = {"Content-Type": "application/fhir+json", "X-Request-Id": message.request_id,
                   "X-Correlation-Id": message.correlation_id, "X-Ligament-Partner": SENDER}
        try:
            self.connection.request("POST", "/fhir/$process-message", message.body, headers)
            response = self.connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return None
        if response.status == 200:
            return "taken"
        if response.status == 409 and b'"duplicate"' in body:
            return "there"
        return "later" if response.status in (425, 503) else f"{response.status}"

    def close(self):
        self.connection.close()


class MllpSender:
    """The same over MLLP: what was taken before is told apart from what is taken now by nobody."""

    def __init__(self, gateway):
        host, port = gateway.mllp.rsplit(":", 1)
        self.place = host, int(port)
        self.connection = None

    def send(self, message):
        message.attempts += 1
        try:
            if self.connection is None:
                self.connection = socket.create_connection(self.place, timeout=20)
            self.connection.sendall(message.frame())
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                some = self.connection.recv(4096)
                if not some:
                    raise ConnectionResetError
                answer += some
        except OSError:
            self.close()
            return None
        said = re.search(rb"\rMSA\|(..)\|([^|\r]*)", answer)
        if not said or said.group(2).decode() != message.control_id():
            return f"{answer!r}"
        if said.group(1) == b"AA":
            return "taken"
        return "later" if said.group(1) == b"AR" and b"207" in answer else f"{answer!r}"

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def sender_for(message, gateway):
    return MllpSender(gateway) if isinstance(message, V2Message) else HttpSender(gateway)


class Load:
    """Referrals from several connections at once until the gateway is gone."""

    def __init__(self, gateway, samples, seed):
        self.sent = []
        self.faults = []
        self.threads = [threading.Thread(target=self.run, args=(gateway, make, random.Random(seed + n)))
                        for n, make in enumerate([samples.make] * HTTP_CONNECTIONS + [samples.make_v2] * MLLP_CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def run(self, gateway, make, chance):
        sender = None
        while True:
            message = make(chance)
            sender = sender or sender_for(message, gateway)
            self.sent.append(message)
            answer = sender.send(message)
            if answer is None:
                return
            message.acknowledged = answer == "taken"
            if answer not in ("taken", "later"):
                self.faults.append(f"a referral was answered {answer}")

    def join(self):
        for thread in self.threads:
            thread.join()
        expect(not self.faults, "; ".join(self.faults[:3]))
        return self.sent


def send_again(gateway, messages):
    """What was not answered, until it is. The number of those that are known to have been there already."""
    there = 0
    for message in messages:
        sender = sender_for(message, gateway)
        for _ in range(200):
            answer = sender.send(message)
            if answer not in (None, "later"):
                break
            time.sleep(0.05)
        sender.close()
        expect(answer in ("taken", "there"), f"a retry was answered {answer}")
        message.acknowledged = True
        there += answer == "there"
    return there


def tool(binary, *arguments):
    done = subprocess.run([binary, *arguments], capture_output=True, text=True)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def wait_for_deliveries(binary, store):
    limit = time.monotonic() + 60
    while True:
        waiting = []
        for state in ("pending", "awaiting-answer"):
            status, rows, complaint = tool(binary, "message", "list", "--data", store, "--outbox", state)
            expect(status == 0, f"deliveries cannot be listed: {complaint}")
            waiting += rows
        if not waiting:
            return
        expect(time.monotonic() < limit, f"{len(waiting)} deliveries still wait: {waiting[0]}")
        time.sleep(0.1)


def check_present_once(gateway, messages):
    connection = gateway.connect()
    for message in messages:
        query = urllib.parse.urlencode({"identifier": f"https://fhir.nhs.uk/Id/UBRN|{message.ubrn}"})
        for resource, wanted in (("ServiceRequest", 1), ("Task", 1)):
            connection.request("GET", f"/fhir/{resource}?{query}", headers={"X-Ligament-Partner": SENDER})
            response = connection.getresponse()
            body = response.read()
            expect(response.status == 200, f"search of {resource} answered {response.status}")
            entries = [e for e in json.loads(body).get("entry", []) if e["search"]["mode"] == "match"]
            expect(len(entries) == wanted,
                   f"an acknowledged referral ({message.kind}) is there {len(entries)} times as {resource}")
    connection.close()


def check_partners(receipts, messages):
    expect(not receipts.faults, "; ".join(receipts.faults[:3]))
    at_hub = receipts.of("sussex-hub", "servicerequest-request")
    at_gp = receipts.of(SENDER, "servicerequest-response")
    at_rota = receipts.of("duty-clinician", "servicerequest-response")
    for message in messages:
        wanted = 1 if message.kind == "route" else 0
        expect(at_hub.get(message.ubrn, 0) == wanted,
               f"the hub got {at_hub.get(message.ubrn, 0)} messages of a referral ({message.kind}, {message.request_id})")
        expect(at_gp.get(message.ubrn, 0) == 1,
               f"the practice got {at_gp.get(message.ubrn, 0)} messages of a referral ({message.kind})")
        if message.kind == "urgent":
            expect(at_rota.get(message.ubrn, 0) == 1, "a red flag did not reach the rota once")
    known = {message.ubrn for message in messages}
    expect(set(at_hub) | set(at_gp) <= known, "partners were told of referrals that nobody sent")


def examine(binary, gateway, data, partners, messages):
    store = os.path.join(data, "store")
    wait_for_deliveries(binary, store)
    check_present_once(gateway, messages)
    check_partners(partners.receipts, messages)
    expect(not tool(binary, "message", "list", "--data", store, "--outbox", "dead")[1], "there are dead deliveries")
    status, lines, _ = tool(binary, "ledger", "check", "--data", store)
    expect(status == 0, f"the ledger has faults: {lines}")
    expect(lines[-1]["referrals"] == len(messages),
           f"{lines[-1]['referrals']} referrals for {len(messages)} acknowledged messages")
    status, lines, _ = tool(binary, "audit", "verify", "--data", store)
    expect(status == 0 and lines[0]["intact"], f"the audit chain is broken: {lines}")


def run_folder(binary, source, samples, rounds, chance):
    """Rounds on one folder; the messages, and how many of the unanswered were there already."""
    messages, there = [], 0
    partners = Partners()
    with tempfile.TemporaryDirectory(prefix="ligament-crash-", dir=os.environ.get("LIGAMENT_CRASH_FOLDER")) as data:
        config = write_config(source, data, partners.port)
        gateway = Gateway(binary, config, data)
        try:
            for _ in range(rounds):
                load = Load(gateway, samples, chance.getrandbits(64))
                time.sleep(chance.uniform(0.005, 0.3))
                gateway.end(signal.SIGKILL)
                sent = load.join()
                gateway = Gateway(binary, config, data)
                there += send_again(gateway, [message for message in sent if not message.acknowledged])
                messages += sent
            examine(binary, gateway, data, partners, messages)
            expect(gateway.end(signal.SIGTERM) == 0, "the gateway did not stop in order")
        finally:
            if gateway.process.poll() is None:
                gateway.end(signal.SIGKILL)
            partners.close()
    return messages, there


def main():
    binary, source = sys.argv[1:3]
    rounds = int(os.environ.get("LIGAMENT_CRASH_ROUNDS", "200"))
    seed = int(os.environ.get("LIGAMENT_CRASH_SEED", "1"))
    chance = random.Random(seed)
    samples = Samples(source)
    started = time.monotonic()
    done = total = over_mllp = there = 0
    while done < rounds:
        now = min(ROUNDS_PER_FOLDER, rounds - done)
        try:
            messages, present = run_folder(binary, source, samples, now, chance)
        except Failure as failure:
            print(f"rounds {done + 1} to {done + now}, LIGAMENT_CRASH_SEED={seed}: {failure}", file=sys.stderr)
            return 1
        done += now
        total += len(messages)
        over_mllp += sum(isinstance(message, V2Message) for message in messages)
        there += present
    print(json.dumps({"rounds": done, "acknowledged": total, "over_mllp": over_mllp, "committed_without_answer": there,
                      "seconds": round(time.monotonic() - started, 1)}))
    return 0 if total >= done and over_mllp > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
