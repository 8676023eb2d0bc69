#!/usr/bin/env python3
"""Runs the demonstration: invented referrals, bookings and letters at five services, over MLLP and HTTP, and back.

  run.py                  plays every service: starts gateway and stand-in partners, sends, prints what happened, stops
  run.py --keep           the same, and leaves the last service running
  run.py --stop           stops what --keep left running
  run.py --only Dorset    plays one service

Exit 0 only if every step was seen at the partners that should see it. Python 3, standard library only.
"""
import argparse
import pathlib
import signal
import sys
import time

import screen
import wire
from documents import Documents, Verdict
from services import SERVICES
from sight import Journals, Sight
from stage import Crowd, Failure, Stage
from steps import View

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = [("audit chain intact", ["audit", "verify"]), ("one holder for every referral", ["ledger", "check"])]


class Act:
    """One service, played."""

    def __init__(self, stage, time_limit):
        self.stage = stage
        self.cases = stage.service.cases
        self.limit = time_limit
        self.sent = {case.name: [] for case in self.cases}
        self.events_before = {case.name: 0 for case in self.cases}
        self.steps = {}
        self.sights = {}

    def play(self):
        """Sends each case when what it belongs to was seen whole; looks until all was seen or the time is over."""
        give_up = time.monotonic() + self.limit
        self.look()
        while time.monotonic() < give_up:
            for case in self.cases:
                if not self.sent[case.name] and (not case.of or self.complete(case.of)):
                    self.send(case)
            self.look()
            if all(self.complete(case.name) for case in self.cases):
                break
            self.stage.crowd.check()
            time.sleep(0.1)
        self.stage.settle()
        self.look()

    def complete(self, name):
        return bool(self.sent[name]) and all(seen for _, seen in self.steps[name])

    def send(self, case):
        if case.of:
            self.events_before[case.name] = len(self.events(self.sights[case.of]))
        if case.door == "MLLP":
            one = wire.send_mllp(self.stage.mllp, case.path, case.control_id or None)
            _, messages = self.stage.tool("message", "list")
            one.correlation_id = next((m["correlation_id"] for m in messages if m.get("business_id") == one.control_id), None)
            self.sent[case.name].append(one)
            return
        first = wire.send_http(self.stage.http, case.path, case.sender)
        self.sent[case.name].append(first)
        if case.twice:
            self.sent[case.name].append(wire.send_http(self.stage.http, case.path, case.sender, first.ids))

    def root(self, case):
        """The referral that a case belongs to: itself, or the one before it."""
        by_name = {one.name: one for one in self.cases}
        while case.of:
            case = by_name[case.of]
        return case

    def look(self):
        journals = Journals(self.stage)
        _, work = self.stage.tool("message", "work")
        for case in self.cases:
            sent = self.sent[self.root(case).name]
            sight = Sight(journals, sent[0].correlation_id if sent else "none")
            self.sights[case.name] = sight
            self.steps[case.name] = case.steps(View(sight, case, [one.answer for one in self.sent[case.name]], work))

    def timeline(self, sight):
        return self.stage.tool("message", "show", sight.task)[1] if sight.task else []

    def events(self, sight):
        return [l for l in self.timeline(sight) if "event" in l and "actor" in l]

    def tell(self):
        screen.print_service(self.stage.service)
        for case in self.cases:
            if not self.sent[case.name]:
                continue
            sight, lines = self.sights[case.name], self.timeline(self.sights[case.name])
            later = [self.events_before[one.name] for one in self.cases if one.of == case.name and self.sent[one.name]]
            events = self.events(sight)[self.events_before[case.name]:min(later, default=None)]
            said = sight.told_last(but=() if case.of else ("letter", "booked"))
            screen.print_case(case, self.sent[case.name], lines, events, said, self.steps[case.name],
                              is_last=not later)
        return [(self.stage.service, case, self.sent[case.name], self.steps[case.name]) for case in self.cases]


def check_samples(services):
    """Every patient of the demonstration is invented: NHS numbers of the 999 range, with a right check digit unless the
    case is that it is wrong."""
    for service in services:
        for case in service.cases:
            wrong = [n for n in wire.nhs_numbers(case.path) if wire.is_nhs_number(n) == (case.name == "refused")]
            if wrong or not all(n.startswith("999") for n in wire.nhs_numbers(case.path)):
                raise Failure(f"{case.file} has an NHS number that is not of an invented patient")


def demonstrate(arguments, folder):
    """True when everything was seen; and the stage of the last service."""
    services = [one for one in SERVICES if arguments.only in (None, one.name)]
    check_samples(services)
    rows, checks, stage, folders = [], [], None, []
    began = time.monotonic()
    for service in services:
        keep = arguments.keep and service is services[-1]
        stage = Stage(arguments.ligament.resolve(), folder if keep else folder / service.folder, service, keep)
        done = False
        try:
            stage.start()
            act = Act(stage, arguments.time_limit)
            act.play()
            rows += act.tell()
            checks += [(name, stage.tool(*command)[0] == 0) for name, command in TOOLS]
            Documents(stage).collect(stage.service.cases, act.sent)
            folders.append(stage.folder)
            done = True
        finally:
            if not (keep and done):
                stage.crowd.stop()
        sys.stdout.flush()
    verdict = Verdict(stage.ligament, folders)
    screen.print_table(rows, checks)
    screen.print_verdict(verdict)
    results = [seen for _, _, _, steps in rows for _, seen in steps] + [good for _, good in checks] + [verdict.good]
    print(f"\n{sum(results)} of {len(results)} steps seen, in {time.monotonic() - began:.0f} seconds.")
    return all(results), stage


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ligament", type=pathlib.Path, default=ROOT / "build" / "release" / "ligament",
                        help="the binary (default build/release/ligament)")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build" / "demo",
                        help="where stores, logs and journals go; earlier ones in it are deleted (default build/demo)")
    parser.add_argument("--time-limit", type=float, default=60, help="seconds to wait for every step of a service (default 60)")
    parser.add_argument("--only", choices=sorted({one.name for one in SERVICES}), help="one service instead of all")
    parser.add_argument("--keep", action="store_true", help="leave gateway and partners of the last service running")
    parser.add_argument("--stop", action="store_true", help="stop what --keep left running, and nothing else")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    folder = arguments.folder.resolve()
    if arguments.stop:
        print("Stopped." if Crowd(folder).stop() else "Nothing was running.")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    Crowd(folder).stop()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        good, stage = demonstrate(arguments, folder)
    except Failure as failure:
        print(f"The demonstration cannot go on: {failure}", file=sys.stderr)
        return 1
    if arguments.keep:
        print(f"\nRunning: {stage.service.name}, its clock started at {stage.service.as_of}")
        print(f"         gateway  {stage.http}, MLLP 127.0.0.1:{stage.mllp}")
        for name, address in stage.addresses.items():
            if name != "gateway":
                print(f"         {name:<8} http://{address}/fhir")
        print(f"Journals and logs are in {folder}.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
