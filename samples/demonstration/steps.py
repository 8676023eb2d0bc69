"""What has to be seen at the partners, for each kind of case. Every function gives pairs of text and seen."""
import dataclasses

from sight import Sight, says
from wire import attachment_digest


@dataclasses.dataclass
class View:
    """One case at one moment."""
    sight: Sight
    case: object
    answers: list            # of all sendings, in order: AA, AE, 200, 400 ...
    work: list               # what waits for a person in the gateway


def taken(view):
    good = {"AA", "200"}
    return [(f"the gateway took it and answered {view.answers[0] if view.answers else 'nothing'}",
             bool(view.answers) and view.answers[0] in good)]


def receipt(sight):
    return [("the GP was told it is received and who holds the patient",
             says(sight.told("gp", "receipt"), "received", "still holds responsibility"))]


def accepted(sight, partner, rule, name, ods, *words):
    return [
        (f"{partner_name(partner)} got the referral and acknowledged it", sight.request(partner) is not None),
        (f"{partner_name(partner)} knew it for what it is ({rule})", sight.rule(partner) == rule),
        (f"{partner_name(partner)} accepted it by Task update", sight.did(partner, "task accept") is not None),
        ("the GP was told of the acceptance, by whom, and who holds now",
         says(sight.told("gp", "accepted"), "accepted", "Decided by: ", f"Responsible now: {name}", f"({ods})", *words)),
    ]


def partner_name(partner):
    return {"hub": "the hub", "provider": "the provider"}[partner]


def accepted_by_hub(rule, name, ods, *words):
    return lambda view: taken(view) + receipt(view.sight) + accepted(view.sight, "hub", rule, name, ods, *words)


def accepted_by_provider(rule, name, ods):
    def see(view):
        return (taken(view) + receipt(view.sight) + accepted(view.sight, "provider", rule, name, ods)
                + [("no hub got it", not view.sight.received("hub"))])
    return see


def self_referral(name, ods):
    def see(view):
        told = {m["request_id"] for m in view.sight.received("gp")
                if any(c["kind"] == "receipt" for c in m.get("communications", []))}
        return accepted_by_hub("paper triage", name, ods)(view) + [
            ("both were told: the desk that sent it and the patient's own practice", len(told) == 2)]
    return see


def redirected(*words):
    def see(view):
        told = view.sight.told("gp", "redirected")
        return taken(view) + [
            ("the GP was told at once it is redirected, and where to", says(told, "redirected", *words)),
            ("the hub never got it", not view.sight.received("hub")),
        ]
    return see


def held(reason):
    def see(view):
        return taken(view) + [
            ("the GP was told it is held, why, and who holds the patient",
             says(view.sight.told("gp", "held"), "a person must review it", reason, "still holds responsibility")),
            (f"a reviewer has it to decide ({reason})",
             any(w["kind"] == "held-referral" and w["reason"] == reason for w in view.work)),
            ("neither hub nor provider got it", not view.sight.received("hub") and not view.sight.received("provider")),
        ]
    return see


def escalated(view, flag, route, word="confirm"):
    sight = view.sight
    return taken(view) + [
        ("the duty clinician was told of the red flag", says(sight.told("rota", "escalated"), "Red flag", flag)),
        ("the GP was told at once, with the urgent route",
         says(sight.told("gp", "escalated"), route, "still holds responsibility")),
        ("a person of the rota has it", sight.did("rota", f"task {word}") is not None),
    ]


def only_then_the_hub(sight):
    spoke, request = sight.spoke("rota", "confirm"), sight.request("hub")
    return [("the hub got it only after that", bool(spoke and request) and request["at"] >= spoke["at"])]


def red_flag(rule, name, ods):
    return lambda view: (escalated(view, "cauda-equina", "mergency department") + only_then_the_hub(view.sight)
                         + accepted(view.sight, "hub", rule, name, ods))


def cancer_route(telephone, name, ods):
    return lambda view: (escalated(view, "suspected-cancer", telephone) + only_then_the_hub(view.sight)
                         + accepted(view.sight, "hub", "on the cancer pathway", name, ods))


def urgent_without_hub(flag, route):
    """No hub stands behind the rota: a person sends the patient by the urgent route, and the practice is told."""
    return lambda view: escalated(view, flag, route, "redirect") + [
        ("the GP was told by whom it was decided, and how the patient goes",
         says(view.sight.told("gp", "redirected"), "by the urgent route named, today", "Imogen Fairfax")),
        ("the provider of routine care was not sent it", not view.sight.received("provider"))]


def refused_but_heard(code):
    def see(view):
        return [
            (f"the gateway refused it, with {code} and the place of the fault", view.answers[:1] == [code]),
            ("the duty clinician was told of the red flag all the same",
             says(view.sight.told("rota", "escalated"), "Red flag", "not accepted", "cauda-equina")),
            ("neither hub nor provider got it", not view.sight.received("hub") and not view.sight.received("provider")),
        ]
    return see


def choice(view):
    return taken(view) + [
        ("sent twice with the same ids, it was taken once", view.answers == ["200", "409"]),
    ] + receipt(view.sight) + [
        ("the hub's line was down the first time: the gateway tried again with the same ids", view.sight.dropped("hub")),
    ] + accepted(view.sight, "hub", "surgical choice", "Sussex MSK Partnership", "99S10", "Coast Surgical Centre")


def repeated(view):
    return [
        ("it got the same code, for its own control id", view.answers == ["AA"]),
        ("the hub has one referral", len(view.sight.requests("hub")) == 1),
        ("the GP was told of one receipt and one decision", len(view.sight.received("gp")) == 2),
    ]


def booked(view):
    return taken(view) + [
        ("the GP was told of the appointment, and who holds now", says(view.sight.told("gp", "booked"), "Responsible now: "))]


def letter(view):
    return taken(view) + [
        ("the GP got the letter", view.sight.told("gp", "letter") is not None),
        ("its PDF is the one that was sent, byte for byte (SHA-256)",
         attachment_digest(view.case.path) in view.sight.documents("gp")),
    ]
