#!/usr/bin/env python3
"""Runs the demonstration: four invented referrals from a practice to the Sussex service and back.

  run.py                  starts gateway and stand-in partners, sends the four, prints what happened, stops everything
  run.py --keep           the same, and leaves all of it running
  run.py --stop           stops what --keep left running

Exit 0 only if every step was seen at the partners that should see it. Python 3, standard library only.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CONFIG = HERE.parent / "config" / "dev.yaml"
# The referrals are of this morning: a patient who was fifteen then is always fifteen here.
AS_OF = "2026-11-20T09:35:00Z"
GATEWAY_PORT = 8080
# Name, what it stands in for, port in the example configuration.
PARTNERS = [("hub", "hub", 9102), ("rota", "hub", 9104), ("provider", "pas", 9103), ("gp", "gp", 9101)]


class Failure(Exception):
    """The demonstration cannot go on."""


# ---- processes ------------------------------------------------------------------------------------------------------

def started_at(pid):
    """Kernel's start time of a process: with the id it names one process for ever. None when there is none."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return None if fields[0] == "Z" else fields[19]


class Crowd:
    """The processes of one run, written down so that a later run can stop them."""

    def __init__(self, folder):
        self.file = folder / "running.json"
        self.children = {}

    def start(self, name, command, environment, folder):
        out = open(folder / f"{name}.jsonl", "wb")
        err = open(folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
                                   start_new_session=True)
        self.children[name] = process
        running = [{"name": n, "pid": p.pid, "started": started_at(p.pid)} for n, p in self.children.items()]
        self.file.write_text(json.dumps(running) + "\n")
        return process

    def check(self):
        for name, process in self.children.items():
            if process.poll() is not None:
                raise Failure(f"{name} ended by itself with code {process.returncode}")

    def stop(self):
        """Ends everything that was written down, also by an earlier run. True when there was something."""
        try:
            running = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return False
        # Partners first, so that the gateway drains with nothing new coming in.
        ours = [r for r in reversed(running) if r["started"] and started_at(r["pid"]) == r["started"]]
        for wanted in (signal.SIGTERM, signal.SIGKILL):
            for one in ours:
                if started_at(one["pid"]) == one["started"]:
                    os.kill(one["pid"], wanted)
            limit = time.monotonic() + 12
            while time.monotonic() < limit and any(started_at(r["pid"]) == r["started"] for r in ours):
                for process in self.children.values():
                    process.poll()
                time.sleep(0.05)
        self.file.unlink(missing_ok=True)
        return bool(ours)


def free_ports(wanted, fixed):
    """The wanted ports where they are free and `fixed` asks for them, others where they are not."""
    ports, holders = {}, []
    for port in wanted:
        for candidate in ([port, 0] if fixed else [0]):
            holder = socket.socket()
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                holder.bind(("127.0.0.1", candidate))
            except OSError:
                holder.close()
                continue
            ports[port] = holder.getsockname()[1]
            holders.append(holder)
            break
    for holder in holders:
        holder.close()
    return ports


def read_lines(path):
    lines = []
    try:
        text = path.read_text()
    except OSError:
        return lines
    for line in text.split("\n")[:-1]:
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass
    return lines


# ---- one run ---------------------------------------------------------------------------------------------------------

class Run:
    def __init__(self, ligament, folder, time_limit, fixed_ports):
        self.ligament = str(ligament)
        self.folder = folder
        self.data = folder / "data"
        self.limit = time_limit
        self.fixed = fixed_ports
        self.crowd = Crowd(folder)
        self.addresses = {}

    def start(self):
        self.crowd.stop()
        shutil.rmtree(self.data, ignore_errors=True)
        for old in list(self.folder.glob("*.jsonl")) + list(self.folder.glob("*.log")):
            old.unlink()
        ports = free_ports([GATEWAY_PORT] + [port for _, _, port in PARTNERS], self.fixed)
        text = CONFIG.read_text()
        text = re.sub(r"127\.0\.0\.1:(\d+)", lambda m: f"127.0.0.1:{ports.get(int(m.group(1)), m.group(1))}", text)
        text = re.sub(r"(?m)^services: .*$", f"services: {json.dumps(str(HERE.parent / 'services'))}", text)
        text = re.sub(r"(?m)^data: .*$", f"data: {json.dumps(str(self.data))}", text)
        config = self.folder / "config.yaml"
        config.write_text(text)
        self.gateway = f"http://127.0.0.1:{ports[GATEWAY_PORT]}/fhir"
        environment = dict(os.environ, LIGAMENT_GATEWAY=self.gateway)
        self.start_one("gateway", [self.ligament, "serve", "--dev", "--as-of", AS_OF, "--config", str(config)],
                       environment)
        # The practice last: it sends as soon as it is ready.
        for name, role, port in PARTNERS:
            self.start_one(name, [self.ligament, "partner", "--as", role, "--http", f"127.0.0.1:{ports[port]}",
                                  "--script", str(HERE / f"{name}.yaml")], environment)
        self.since = time.monotonic()

    def start_one(self, name, command, environment):
        self.crowd.start(name, command, environment, self.folder)
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            ready = [line for line in read_lines(self.folder / f"{name}.jsonl") if line.get("ready")]
            if ready:
                self.addresses[name] = ready[0]["http"]
                return
            if self.crowd.children[name].poll() is not None:
                break
            time.sleep(0.02)
        raise Failure(f"{name} did not get ready:\n" + (self.folder / f"{name}.log").read_text()[-2000:])

    def journal(self, name):
        return [line for line in read_lines(self.folder / f"{name}.jsonl") if "did" in line]

    def tool(self, *arguments):
        done = subprocess.run([self.ligament, *arguments, "--data", str(self.data)], capture_output=True, text=True,
                              timeout=30)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def timeline(self, task):
        return self.tool("message", "show", task)[1]


class Sight:
    """What the partners' journals say at one moment, for one referral."""

    def __init__(self, run, name):
        self.journals = {partner: run.journal(partner) for partner, _, _ in PARTNERS}
        self.sent = [l for l in self.journals["gp"] if l["did"] == "sent" and l["what"] == name]
        self.task = next((l["task"] for l in self.sent if l.get("task")), None)

    def received(self, partner):
        """Messages about this referral that the partner got and acknowledged, each once."""
        journal = self.journals[partner]
        answered = {l["request_id"] for l in journal if l["did"] == "answered" and l["status"] == 200}
        seen, messages = set(), []
        for line in journal:
            if line["did"] != "received" or line.get("task") != self.task or self.task is None:
                continue
            if line["request_id"] in answered and line["request_id"] not in seen:
                seen.add(line["request_id"])
                messages.append(line)
        return messages

    def told(self, partner, kind):
        """The words of the last Communication of a kind that the partner got."""
        texts = [c["text"] for m in self.received(partner) for c in m.get("communications", []) if c["kind"] == kind]
        return texts[-1] if texts else None

    def did(self, partner, what):
        return next((l for l in self.journals[partner] if l["did"] == "sent" and l["what"] == what
                     and l.get("task") == self.task and l["status"] == 200), None)

    def spoke(self, partner, word):
        """The moment before a partner said something about the referral."""
        return next((l for l in self.journals[partner] if l["did"] == "speaks" and l["what"] == word
                     and l.get("task") == self.task), None)

    def request_at_hub(self):
        return next((m for m in self.received("hub") if m["event"] == "servicerequest-request"), None)

    def rule(self, partner, message):
        return next((l["rule"] for l in self.journals[partner] if l["did"] == "answered"
                     and l["request_id"] == message["request_id"]), None) if message else None

    def dropped(self, partner, message):
        return bool(message) and any(l["did"] == "dropped" and l["request_id"] == message["request_id"]
                                     for l in self.journals[partner])


def says(words, *wanted):
    text = "\n".join(words or [])
    return all(part in text for part in wanted)


def accepted_steps(sight, rule, *words):
    request = sight.request_at_hub()
    return [
        ("the hub got the referral and acknowledged it", request is not None),
        (f"the hub knew it for what it is ({rule})", sight.rule("hub", request) == rule),
        ("the hub accepted it by Task update", sight.did("hub", "task accept") is not None),
        ("the GP was told of the acceptance, by whom, and who holds now",
         says(sight.told("gp", "accepted"), "accepted", "Decided by: Priya Anand, advanced physiotherapy practitioner, Sussex MSK",
              "Responsible now: Sussex MSK Partnership (99S10)", *words)),
    ]


def taken(sight):
    return [("the gateway took it and answered the practice",
             any(l["status"] == 200 and l.get("task") for l in sight.sent))]


def receipt(sight):
    return [("the GP was told it is received and who holds the patient",
             says(sight.told("gp", "receipt"), "received", "still holds responsibility"))]


def steps_of_knee(sight):
    return taken(sight) + receipt(sight) + accepted_steps(sight, "paper triage", "knee clinic")


def steps_of_young(sight):
    words = sight.told("gp", "redirected")
    return taken(sight) + [
        ("the GP was told at once it is redirected, with the paediatric route",
         says(words, "redirected", "paediatric", "aged 16 and over", "Contact: Paediatric musculoskeletal service")),
        ("the hub never got it", not sight.received("hub")),
    ]


def steps_of_red_flag(sight):
    confirmed = sight.did("rota", "task confirm")
    spoke = sight.spoke("rota", "confirm")
    request = sight.request_at_hub()
    return taken(sight) + [
        ("the duty clinician was told of the red flag", says(sight.told("rota", "escalated"), "Red flag", "cauda-equina")),
        ("the GP was told at once, with the urgent route",
         says(sight.told("gp", "escalated"), "emergency department", "still holds responsibility")),
        ("a person of the rota confirmed it", confirmed is not None),
        ("the hub got it only after that", bool(spoke and request) and request["at"] >= spoke["at"]),
    ] + accepted_steps(sight, "seen by the duty clinician", "duty clinician")


def steps_of_choice(sight):
    request = sight.request_at_hub()
    return taken(sight) + [
        ("sent twice with the same ids, it was taken once",
         sorted(l["status"] for l in sight.sent if l["status"]) == [200, 409]),
    ] + receipt(sight) + [
        ("the hub's line was down the first time: the gateway tried again with the same ids",
         sight.dropped("hub", request)),
    ] + accepted_steps(sight, "surgical choice", "Coast Surgical Centre")


REFERRALS = [
    ("ordinary knee", "An ordinary knee", steps_of_knee),
    ("under sixteen", "A fifteen-year-old", steps_of_young),
    ("red flag", "A red flag", steps_of_red_flag),
    ("surgical choice", "A choice of surgeon", steps_of_choice),
]


def look(run):
    """Every step of every referral, as far as it was seen."""
    found = []
    for name, title, steps in REFERRALS:
        sight = Sight(run, name)
        found.append((name, title, sight, steps(sight)))
    return found


# ---- what a person reads --------------------------------------------------------------------------------------------

EVENTS = {
    "received": "received", "validated": "validated", "red-flag": "red flag", "routed": "routed",
    "destination-refused": "not sent to", "queued": "queued", "delivered": "delivered",
    "hub_acknowledged": "at the hub", "escalation_confirmed": "confirmed", "accept": "accepted",
    "told-gp": "GP is told", "holder": "holder now", "gp_told": "closed",
}


def seconds(text):
    stamp = text[:23].rstrip("Z")
    return time.mktime(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")) + float("0" + stamp[19:] if stamp[19:] else 0)


def print_timeline(run, title, sight, steps):
    print(f"\n== {title}")
    lines = run.timeline(sight.task) if sight.task else []
    referral = next((l for l in lines if "referral" in l and "state" in l and "holder" in l), None)
    events = [l for l in lines if "event" in l]
    first = seconds(events[0]["at"]) if events else 0
    for event in events:
        what = EVENTS.get(event["event"], event["event"].replace("_", " "))
        print(f"  {seconds(event['at']) - first:7.3f} s  {what:<13} {event['actor']:<18} {event.get('detail', '')}")
    for delivery in (l for l in lines if "delivery" in l):
        tries = delivery["attempts"] + (1 if delivery["state"] == "delivered" else 0)
        print(f"             delivery      {delivery['destination']:<18} {delivery['kind']}: {delivery['state']}, "
              f"{tries} attempt{'' if tries == 1 else 's'}")
    if referral:
        waiting = f", waiting for {referral['waiting_for']} until {referral['deadline']}" if "deadline" in referral else ""
        print(f"             now           {referral['state']}, held by {referral['holder']}{waiting}")
    for message in sight.received("gp"):
        for communication in message.get("communications", []):
            print(f"  The GP got ({communication['kind']}):")
            for line in communication["text"]:
                print(textwrap.fill(line, 110, initial_indent="    | ", subsequent_indent="    |   "))
    print("  Seen at the partners:")
    for text, seen in steps:
        print(f"    {'yes' if seen else 'NO '}  {text}")


def demonstrate(run):
    found = look(run)
    while not all(seen for _, _, _, steps in found for _, seen in steps):
        if time.monotonic() - run.since > run.limit:
            break
        run.crowd.check()
        time.sleep(0.1)
        found = look(run)
    settle(run)
    found = look(run)
    for _, title, sight, steps in found:
        print_timeline(run, title, sight, steps)
    checks = []
    for name, arguments in (("audit chain intact", ["audit", "verify"]), ("one holder for every referral",
                                                                         ["ledger", "check"])):
        code, _ = run.tool(*arguments)
        checks.append((name, code == 0))
    print("\n== The store")
    for name, good in checks:
        print(f"    {'yes' if good else 'NO '}  {name}")
    results = [seen for _, _, _, steps in found for _, seen in steps] + [good for _, good in checks]
    print(f"\n{sum(results)} of {len(results)} steps seen.")
    return all(results)


def settle(run):
    """Until nothing waits for delivery: what a partner has seen, the gateway may not have written down yet."""
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        code, lines = run.tool("message", "list", "--outbox", "pending")
        if code == 0 and not lines:
            return
        time.sleep(0.1)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ligament", type=pathlib.Path, default=ROOT / "build" / "release" / "ligament",
                        help="the binary (default build/release/ligament)")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build" / "demo",
                        help="where store, logs and journals go; an earlier store in it is deleted (default build/demo)")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds to wait for every step (default 60)")
    parser.add_argument("--keep", action="store_true", help="leave gateway and partners running")
    parser.add_argument("--stop", action="store_true", help="stop what --keep left running, and nothing else")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    folder = arguments.folder.resolve()
    if arguments.stop:
        print("Stopped." if Crowd(folder).stop() else "Nothing was running.")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    run = Run(arguments.ligament.resolve(), folder, arguments.time_limit, fixed_ports=arguments.keep)
    keep = False
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        run.start()
        good = demonstrate(run)
        keep = arguments.keep
    except Failure as failure:
        print(f"The demonstration cannot go on: {failure}", file=sys.stderr)
        return 1
    finally:
        if not keep:
            run.crowd.stop()
    if keep:
        print(f"\nRunning: gateway {run.gateway} (its clock started at {AS_OF})")
        for name, _, _ in PARTNERS:
            print(f"         {name:<8} http://{run.addresses[name]}/fhir")
        print(f"Journals and logs are in {folder}.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
