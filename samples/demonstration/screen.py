"""What a person reads."""
import textwrap
import time

import documents

EVENTS = {
    "received": "received", "validated": "validated", "red-flag": "red flag", "routed": "routed",
    "destination-refused": "not sent to", "queued": "queued", "delivered": "delivered",
    "hub_acknowledged": "acknowledged", "escalation_confirmed": "confirmed", "accept": "accepted",
    "told-gp": "GP is told", "holder": "holder now", "gp_told": "closed",
}
# Said by another line of the timeline.
QUIET = {"queued", "document", "content", "hub_acknowledged"}
# What of a Communication is shown; the rest is the same in all.
SHOWN = ("Decision: ", "Reason: ", "Understood as: ", "Responsible now: ", "Contact: ", "Appointment: ")


def seconds(text):
    stamp = text[:23].rstrip("Z")
    return time.mktime(time.strptime(stamp[:19], "%Y-%m-%dT%H:%M:%S")) + float("0" + stamp[19:] if stamp[19:] else 0)


def told_together(events):
    """Without what another line says, and the destinations that were ruled out as one line."""
    shown = []
    for event in events:
        if event["event"] in QUIET:
            continue
        if event["event"] == "destination-refused" and shown and shown[-1]["event"] == "destination-refused":
            shown[-1] = dict(shown[-1], detail=f"{shown[-1]['detail']}, {event['detail']}")
        else:
            shown.append(event)
    return shown


def v2_event(path):
    return "^".join(path.read_text().split("\n", 1)[0].split("|")[8].split("^")[:2])


def print_service(service):
    print(f"\n{'=' * 110}\n{service.name}, {service.as_of[:10]}: {service.what}")


def print_case(case, sent, lines, events, said, steps, is_last):
    """`lines` are those of `message show`, `events` those of them that belong to the case. The last case of a referral shows
    where that stands now, the first one how often a delivery was tried."""
    print(f"\n-- {case.title}")
    first = sent[0]
    answers = ", ".join(one.answer for one in sent)
    print(f"   {case.door} {case.file} -> {answers}{'  ' + first.words if first.words else ''}")
    start = seconds(events[0]["at"]) if events else 0
    for event in told_together(events):
        what, detail = EVENTS.get(event["event"], event["event"].replace("_", " ")), event.get("detail", "")
        if event["event"] == "validated" and case.door == "MLLP":
            what, detail = "mapped", f"{v2_event(case.path)} to FHIR R4, and validated"
        line = f"   {seconds(event['at']) - start:7.3f} s  {what:<12} {event['actor']:<18} {detail}"
        print(textwrap.fill(line.rstrip(), 118, subsequent_indent=" " * 45, break_on_hyphens=False))
    for delivery in (l for l in lines if "delivery" in l and l["attempts"] and not case.of):
        print(f"              again        {delivery['destination']:<18} {delivery['kind']}: {delivery['attempts'] + 1} attempts")
    referral = next((l for l in lines if "referral" in l and "state" in l and "holder" in l), None)
    if referral and is_last:
        waiting = f", waiting for {referral['waiting_for']} until {referral['deadline']}" if "deadline" in referral else ""
        waiting += f" ({referral['reckoned']})" if "reckoned" in referral else ""
        print(f"              now          {referral['state']}, held by {referral['holder']}{waiting}")
    if said:
        words = " ".join(line.split(": ", 1)[1] for line in said["text"] if line.startswith(SHOWN))
        print(textwrap.fill(f"The GP reads: {words}", 114, initial_indent="   ", subsequent_indent="      "))
    for text, seen in steps:
        print(f"   {'yes' if seen else 'NO '}  {text}")


def print_table(rows, checks):
    """Rows of service, case, door and steps; checks of name and good."""
    print(f"\n{'=' * 110}\nWhat was seen\n")
    print(f"   {'service':<14} {'day':<11} {'case':<18} {'door':<5} {'answered':<10} {'steps seen':>10}")
    for service, case, sent, steps in rows:
        count = sum(seen for _, seen in steps)
        mark = "" if count == len(steps) else "   <- not all"
        answers = ", ".join(one.answer for one in sent) or "not sent"
        print(f"   {service.name:<14} {service.as_of[:10]:<11} {case.name:<18} {case.door:<5} {answers:<10} "
              f"{count:>4} of {len(steps):>2}{mark}")
    for name in dict.fromkeys(name for name, _ in checks):
        good = [one for other, one in checks if other == name]
        print(f"   {name}: {sum(good)} of {len(good)} stores")


def print_verdict(verdict):
    known = "R4, our package and UK Core" if verdict.core else "R4 and our package; NO UK CORE (LIGAMENT_SUITES)"
    kinds = ", ".join(f"{verdict.kinds[kind]} {words}" for kind, words in documents.KINDS)
    print(f"   documents: {verdict.documents} judged by {known}: {len(verdict.errors)} errors, {verdict.warnings} warnings")
    print(f"              and {verdict.without_narrative} resources without narrative, which FHIR advises")
    print(textwrap.fill(kinds, 110, initial_indent=" " * 14, subsequent_indent=" " * 14))
    for file, place, text in verdict.errors[:20]:
        print(f"      {file}\n         {place}: {text}")
