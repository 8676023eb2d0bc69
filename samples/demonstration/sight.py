"""What the journals of the partners say about one case: the only evidence that counts."""
from stage import PARTNERS


class Journals:
    """All of them at one moment."""

    def __init__(self, stage):
        self.of = {partner: stage.journal(partner) for partner, _, _ in PARTNERS}
        self.taken = {partner: {l["request_id"] for l in lines if l["did"] == "answered" and l["status"] == 200}
                      for partner, lines in self.of.items()}


class Sight:
    """One referral, by its correlation id."""

    def __init__(self, journals, correlation_id):
        self.journals = journals.of
        self.taken = journals.taken
        self.correlation_id = correlation_id
        tasks = [l["task"] for lines in self.journals.values() for l in lines
                 if l.get("correlation_id") == correlation_id and l.get("task")]
        self.task = tasks[0] if tasks else None

    def received(self, partner):
        """Messages about this referral that the partner got and acknowledged, each once."""
        messages = {}
        for line in self.journals[partner]:
            if line["did"] == "received" and line.get("correlation_id") == self.correlation_id:
                if line["request_id"] in self.taken[partner]:
                    messages.setdefault(line["request_id"], line)
        return list(messages.values())

    def told(self, partner, kind):
        """The words of the last Communication of a kind that the partner got."""
        texts = [c["text"] for m in self.received(partner) for c in m.get("communications", []) if c["kind"] == kind]
        return texts[-1] if texts else None

    def told_last(self, but=()):
        """Kind and words of the last thing the practice was told, `but` kinds left aside."""
        said = [c for m in self.received("gp") for c in m.get("communications", []) if c["kind"] not in but]
        return said[-1] if said else None

    def did(self, partner, what):
        return next((l for l in self.journals[partner] if l["did"] == "sent" and l["what"] == what
                     and l.get("task") == self.task and l["status"] == 200), None)

    def spoke(self, partner, word):
        """The moment before a partner said something about the referral."""
        return next((l for l in self.journals[partner] if l["did"] == "speaks" and l["what"] == word
                     and l.get("task") == self.task), None)

    def requests(self, partner):
        return [m for m in self.received(partner) if m["event"] == "servicerequest-request"]

    def request(self, partner):
        return next(iter(self.requests(partner)), None)

    def rule(self, partner):
        """The rule of its script by which the partner answered the referral."""
        message = self.request(partner)
        return next((l["rule"] for l in self.journals[partner] if message and l["did"] == "answered"
                     and l["request_id"] == message["request_id"]), None)

    def dropped(self, partner):
        message = self.request(partner)
        return bool(message) and any(l["did"] == "dropped" and l["request_id"] == message["request_id"]
                                     for l in self.journals[partner])

    def documents(self, partner):
        """Digests of the documents that the partner got about this referral."""
        return [a["sha256"] for m in self.received(partner) for a in m.get("attachments", [])]


def says(words, *wanted):
    text = "\n".join(words or [])
    return all(part in text for part in wanted)
