#!/usr/bin/env python3
"""Kills the real gateway under load, again and again, and counts what is left.

    crash_rounds.py LIGAMENT SOURCE

Each round puts referrals on a running gateway from several connections, kills it with SIGKILL at a random moment,
starts it on the same folder and sends again, with the same ids, whatever was not answered: 200 and 409 duplicate both
say that it is there. After every few rounds the folder is examined: each acknowledged referral is there exactly once,
the ledger and the audit chain hold, and everything reached the partners, one message each.

LIGAMENT_CRASH_ROUNDS (100) and LIGAMENT_CRASH_SEED (1) come from the environment. Standard library only.
"""
import http.client
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from messages import Samples
from partners import Partners

CONNECTIONS = 4
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
            [binary, "serve", "--dev", "--config", config, "--data", os.path.join(data, "store"), "--http", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        expect(line, "the gateway did not start; its log: " + pathlib.Path(data, "log").read_text()[-2000:])
        self.address = json.loads(line)["http"]

    def connect(self):
        return http.client.HTTPConnection(self.address, timeout=20)

    def end(self, how):
        self.process.send_signal(how)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return status


def post(connection, message):
    """The status and whether the answer says duplicate; None when there was no answer."""
    headers = {"Content-Type": "application/fhir+json", "X-Request-Id": message.request_id,
               "X-Correlation-Id": message.correlation_id, "X-Ligament-Partner": SENDER}
    try:
        connection.request("POST", "/fhir/$process-message", message.body, headers)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return None
    return response.status, b'"duplicate"' in body


class Load:
    """Referrals from several connections at once until the gateway is gone."""

    def __init__(self, gateway, samples, seed):
        self.sent = []
        self.faults = []
        self.threads = [threading.Thread(target=self.run, args=(gateway, samples, random.Random(seed + n)))
                        for n in range(CONNECTIONS)]
        for thread in self.threads:
            thread.start()

    def run(self, gateway, samples, chance):
        connection = gateway.connect()
        while True:
            message = samples.make(chance)
            self.sent.append(message)
            answer = post(connection, message)
            if answer is None:
                return
            message.acknowledged = answer[0] == 200
            if answer[0] not in (200, 503):
                self.faults.append(f"a referral was answered {answer}")

    def join(self):
        for thread in self.threads:
            thread.join()
        expect(not self.faults, "; ".join(self.faults[:3]))
        return self.sent


def send_again(gateway, messages):
    """What was not answered, until it is. The number of those that were there already."""
    connection = gateway.connect()
    there = 0
    for message in messages:
        for _ in range(200):
            answer = post(connection, message)
            if answer is not None and answer[0] not in (425, 503):
                break
            time.sleep(0.05)
        expect(answer == (200, False) or answer == (409, True) or (answer and answer[0] == 200),
               f"a retry was answered {answer}")
        message.acknowledged = True
        there += answer[0] == 409
    connection.close()
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
    rounds = int(os.environ.get("LIGAMENT_CRASH_ROUNDS", "100"))
    seed = int(os.environ.get("LIGAMENT_CRASH_SEED", "1"))
    chance = random.Random(seed)
    samples = Samples(source)
    started = time.monotonic()
    done = total = there = 0
    while done < rounds:
        now = min(ROUNDS_PER_FOLDER, rounds - done)
        try:
            messages, present = run_folder(binary, source, samples, now, chance)
        except Failure as failure:
            print(f"rounds {done + 1} to {done + now}, LIGAMENT_CRASH_SEED={seed}: {failure}", file=sys.stderr)
            return 1
        done += now
        total += len(messages)
        there += present
    print(json.dumps({"rounds": done, "acknowledged": total, "committed_without_answer": there,
                      "seconds": round(time.monotonic() - started, 1)}))
    return 0 if total >= done else 1


if __name__ == "__main__":
    sys.exit(main())
