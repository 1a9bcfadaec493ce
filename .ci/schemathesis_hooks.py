"""Leads the generated requests past 404, 409 and 412, into the rules.

Schemathesis makes up ids, versions, times and records, so most of its requests would end at the
first door. These hooks remember the ids and private links that the service answered, prepare
complaints in the state that an operation needs, ask for the present version, and put all that,
in most requests, in the place of what was made up. What is wrong on purpose is left alone.

`GATE_URL` and `GATE_TOKEN` say how to reach the service; how often each operation answered
with which status is written to `GATE_REPORT`.
"""

import atexit
import base64
import datetime
import hashlib
import hmac
import json
import os
import random
import re
import struct
import threading
import time
import uuid

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.overrides import StoredValue

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
ETAG = re.compile(r'^"[0-9]{1,9}"$')
KEY = re.compile(r"^[!-~]{1,255}$")

PHONE = "138 0013 8000"

RANDOM = random.Random(int(os.environ["GATE_SEED"]))
LOCK = threading.Lock()
URL = os.environ["GATE_URL"] + "/api/v1"
STAFF = {"Authorization": f"Bearer {os.environ['GATE_TOKEN']}"}

known = {
    kind: []
    for kind in (
        "complaints", "call-backs", "customers", "service-tokens", "links", "staff", "teams", "corrective-actions",
        "review-picks", "call-reviews",
    )
}
answers = {}


def solution():
    """A solved challenge, as `X-Challenge` has it."""
    challenge = requests.get(URL + "/public/challenge", headers=STAFF, timeout=30).json()
    wanted = challenge["parameters"]
    nonce, salt = bytes.fromhex(wanted["nonce"]), bytes.fromhex(wanted["salt"])
    counter, key = -1, ""
    while not key.startswith(wanted["keyPrefix"]) or counter < 0:
        counter += 1
        password = nonce + counter.to_bytes(4, "big")
        key = hashlib.pbkdf2_hmac("sha256", password, salt, wanted["cost"], wanted["keyLength"]).hex()
    return json.dumps({"challenge": challenge, "solution": {"counter": counter, "derivedKey": key}})


def ask(method, path, body=None):
    headers = STAFF | ({"X-Challenge": solution()} if (method, path) == ("POST", "/public/complaints") else {})
    answer = requests.request(method, URL + path, json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return answer.json()


# The tokens from before the run, ours among them, must not be revoked.
PROTECTED = {token["id"] for token in ask("GET", "/service-tokens")}

# Somebody to give work to, who stays.
OWNER = "li.na"
there = ask("GET", f"/staff?handle={OWNER}")["items"]
STAYS = there[0] if there else ask("POST", "/staff", {"handle": OWNER, "name": "Li Na", "role": "agent"})


def often():
    return RANDOM.random() < 0.8


def some(kind):
    """One that is known, rather a recent one."""
    return RANDOM.choice(known[kind][-12:]) if known[kind] else None


def remember(kind, value):
    if isinstance(value, str) and value not in known[kind]:
        known[kind].append(value)


def new_uuid():
    return str(uuid.UUID(int=RANDOM.getrandbits(128), version=4))


def window():
    """A window in the next days."""
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=RANDOM.randint(1, 200))
    end = start + datetime.timedelta(hours=RANDOM.randint(1, 100))
    return tuple(moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (start, end))


# --- complaints in the state that an operation needs

RECORDS = {
    "listen": {"own_words": "The door is broken."},
    "accept_feelings": {"feeling": "disappointed"},
    "apologise": {"apologised_for": "the broken door"},
    "understand_needs": {"need": "a door that closes"},
    "seek_solutions": {"options": ["a new door"], "agreed": "a new door"},
    "explain_actions": {"who": "Wang", "what": "send the door", "by_when": "2030-01-01T00:00:00Z"},
}
OPTIONAL = {"facts": "listen", "opinions": "listen", "worry": "understand_needs"}
FIELDS = {field: step for step, record in RECORDS.items() for field in record} | OPTIONAL


def a_complaint():
    customer = {"name": "Li Na", "phone": PHONE}
    form = {"channel": "phone", "customer": customer, "subject": "Door", "statement": "The door is broken."}
    return ask("POST", "/complaints", form)["id"]


def with_steps_before(step):
    complaint = a_complaint()
    steps = list(RECORDS)
    done = steps[: steps.index(step)] if step in steps else steps
    if done:
        ask("PUT", f"/complaints/{complaint}/steps", {"steps": [{"step": s, "record": RECORDS[s]} for s in done]})
    return complaint


def a_waiting_one():
    complaint = a_complaint()
    ask("POST", f"/complaints/{complaint}/wait", {"ball_with": "customer", "reason": "an invoice"})
    return complaint


def one_that_may_be_closed():
    complaint = with_steps_before("call_back")
    ask("PUT", f"/complaints/{complaint}/steps/call_back", {"skip": {"reason": "customer_declined"}})
    return complaint


def a_closed_one():
    complaint = one_that_may_be_closed()
    redress = {"type": "repair", "status": "offered"}
    form = {"decision": "upheld", "reason": "It was.", "cause_category": "materials", "redress": redress}
    ask("POST", f"/complaints/{complaint}/close", form)
    return complaint


def a_public_one():
    form = {"name": "Li Na", "phone": PHONE, "statement": "The door is broken."}
    filed = ask("POST", "/public/complaints", form)
    found = ask("GET", f"/complaints?reference={filed['reference']}")
    return filed["tracking_token"], found["items"][0]["id"]


def one_with_drafts():
    complaint = a_complaint()
    for kind in ("message", "note", "step", "close"):
        ask("PUT", f"/complaints/{complaint}/drafts/{kind}", {"typed": "Dear Ms Li", "based_on": 1})
    return complaint


def a_promise():
    start, end = window()
    # With the steps, so that whoever is reached may say whether they are satisfied.
    complaint = with_steps_before("call_back")
    return ask("POST", f"/complaints/{complaint}/call-backs", {"window_start": start, "window_end": end})["id"]


def a_member():
    number = RANDOM.getrandbits(48)
    return ask("POST", "/staff", {"handle": f"agent-{number}", "name": "Wang", "role": "agent"})["id"]


def one_who_left():
    member = a_member()
    ask("POST", f"/staff/{member}/deactivate", {"successor": OWNER, "reason": "moved"})
    return member


def a_team():
    return ask("POST", "/teams", {"name": f"team {RANDOM.getrandbits(48)}"})["id"]


def a_token():
    return ask("POST", "/service-tokens", {"name": f"app {RANDOM.getrandbits(48)}", "role": "sales"})["id"]


def a_role():
    slug = f"own_{RANDOM.getrandbits(48)}"
    ask("PUT", f"/roles/{slug}", {"name": "Night desk", "permissions": ["read-complaints"]})
    return slug


HOURS = "Mo-Fr 09:00-12:00,13:30-18:00; PH off"
ICS = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gate//EN", "BEGIN:VEVENT", "UID:1@example.com", "DTSTAMP:20260101T000000Z",
    "DTSTART;VALUE=DATE:20261001", "DTEND;VALUE=DATE:20261008", "SUMMARY:国庆节", "END:VEVENT", "END:VCALENDAR", "",
])


def a_calendar():
    # Mostly the one that is always there: their number has an end.
    if RANDOM.random() < 0.9:
        return "standard"
    slug = f"own_{RANDOM.getrandbits(40)}"
    ask("POST", "/calendars", {"slug": slug, "name": "Night desk", "time_zone": "Asia/Shanghai", "notation": HOURS})
    return slug


POLICY = {
    "name": {"en": "Gate", "zh-CN": "门"}, "family": "service", "calendar": "standard",
    "metrics": [{"slug": "resolve", "kind": "resolve", "name": {"en": "Resolution", "zh-CN": "解决"},
                 "target": {"amount": 600, "unit": "business_minutes"}, "pausable": True,
                 "warnings": [{"percent": 50}]}],
}


def a_policy():
    slug = f"own_{RANDOM.getrandbits(40)}"
    ask("POST", "/sla-policies", {"slug": slug, "policy": POLICY})
    return slug


def put_sensible_policy(case):
    """What no generator writes: clocks that go together."""
    body = case.body
    if not case.path.startswith("/api/v1/sla-") or not isinstance(body, dict) or not often():
        return
    if case.path == "/api/v1/sla-policies":
        body["slug"], body["policy"] = f"own_{RANDOM.getrandbits(40)}", POLICY
    elif case.path.endswith("/preview"):
        body["policy"] = POLICY
    elif case.path.endswith("/install"):
        body["slug"] = f"own_{RANDOM.getrandbits(40)}"
        body.pop("calendar", None)
    elif case.path == "/api/v1/sla-policies/{slug}":
        body.clear()
        body.update(POLICY)


def in_days(days):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def away():
    return {"starts_at": in_days(1), "ends_at": in_days(RANDOM.randint(2, 60)), "kind": "holiday", "deputy": OWNER}


ROUTED = "gate"


def some_rules():
    """Rules of routing that get in nobody's way."""
    return {"rules": [{"slug": "gate", "team": a_team(), "conditions": {"categories": [ROUTED]}}]}


def event_rules():
    """Rules on events that get in nobody's way."""
    conditions = {"complaint": {"categories": [ROUTED]}}
    then = [{"do": "add_note", "body": "Seen."}]
    return {"rules": [{"slug": "gate", "on": {"event": "received"}, "conditions": conditions, "then": then}]}


def a_routed_one():
    """A complaint that a rule in force fits."""
    version = ask("PUT", "/routing", some_rules())["version"]
    ask("POST", f"/routing/versions/{version}/activate")
    customer = {"name": "Li Na", "phone": PHONE}
    form = {"channel": "phone", "customer": customer, "subject": "Door", "statement": "Broken.", "category": ROUTED}
    return ask("POST", "/complaints", form | {"owner": OWNER})["id"]


def put_sensible_work(case):
    """What no generator writes: rules for teams that there are, absences to come."""
    body, parameters = case.body, case.path_parameters or {}
    if case.path.startswith("/api/v1/routing") and often():
        if "version" in parameters:
            parameters["version"] = ask("PUT", "/routing", some_rules())["version"]
        if isinstance(body, dict) and "rules" in body:
            body.update(some_rules())
    if case.path.startswith("/api/v1/rules") and often():
        if "version" in parameters:
            parameters["version"] = ask("PUT", "/rules", event_rules())["version"]
        if isinstance(body, dict) and "rules" in body:
            body.update(event_rules())
    if case.path == "/api/v1/me/drafts/intake" and case.method == "GET" and often():
        ask("PUT", "/me/drafts/intake", {"typed": "The door is broken."})
    if "/absences" in case.path and often():
        if "absence" in parameters:
            parameters["id"] = a_member()
            parameters["absence"] = ask("POST", f"/staff/{parameters['id']}/absences", away())["id"]
        elif isinstance(body, dict):
            body.clear()
            body.update(away())
    if case.operation.label == "PATCH /api/v1/teams/{id}" and isinstance(body, dict) and "name" in body and often():
        wrong = case.meta is not None and case.meta.generation.mode.is_negative
        if not wrong:
            body["name"] = f"team {RANDOM.getrandbits(48)}"
    if isinstance(body, dict) and isinstance(body.get("calendar"), str) and often():
        if case.path.startswith("/api/v1/teams") or case.path.endswith("/work-profile"):
            body["calendar"] = "standard"


def desk_today():
    """Today, where the desk is."""
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=8)).date().isoformat()


def an_action():
    form = {"cause": "tools", "title": "Ring before coming", "owner": OWNER, "due_on": desk_today()}
    return ask("POST", "/corrective-actions", form)["id"]


def a_done_action():
    action = an_action()
    ask("POST", f"/corrective-actions/{action}/close", {"end": "done"})
    return action


def a_drawn_call():
    """A call that somebody logged, drawn for review."""
    who = some_person()
    customer = {"name": "Li Na", "phone": PHONE}
    form = {"channel": "phone", "customer": customer, "subject": "Door", "statement": "The door is broken."}
    who.send("POST", "/complaints", form)
    day = desk_today()
    pick = ask("POST", "/review-picks", {"agent": who.handle, "from": day, "to": day, "per_agent": 1})
    return ask("GET", f"/call-reviews?pick={pick['id']}")["items"][0]["id"]


def some_scores():
    return [{"criterion": one["slug"], "score": RANDOM.randint(1, 5)} for one in ask("GET", "/review-form")["criteria"]]


def a_reviewed_call():
    call = a_drawn_call()
    ask("PUT", f"/call-reviews/{call}", {"scores": some_scores()})
    return call


def put_sensible_lead(case):
    """What no generator writes: every criterion once, days that have been, categories that could be."""
    body, label, parameters = case.body, case.operation.label, case.path_parameters or {}
    wrong = case.meta is not None and case.meta.generation.mode.is_negative
    if wrong or not often():
        return
    if "complaint" in parameters and UUID.match(str(parameters["complaint"])):
        parameters["complaint"] = some("complaints") or a_complaint()
    if label == "PUT /api/v1/call-reviews/{id}/answer" and not case._has_explicit_auth:
        parameters["id"] = a_reviewed_call()
        case.headers = case.headers or {}
        case.headers.pop("Authorization", None)
        case.headers["X-CSRF-Token"] = person.csrf
        case._has_explicit_auth = True
        case.cookies = {**(case.cookies or {}), COOKIE: person.cookies[COOKIE]}
    if not isinstance(body, dict):
        return
    if label == "POST /api/v1/review-picks":
        body.update({"agent": OWNER, "team": None, "from": desk_today(), "to": desk_today(), "per_agent": 2})
    elif label == "PUT /api/v1/call-reviews/{id}":
        body["scores"] = some_scores()
        body.pop("form_version", None)
    elif label == "PUT /api/v1/review-form" and isinstance(body.get("criteria"), list):
        for n, one in enumerate(body["criteria"]):
            if isinstance(one, dict) and isinstance(one.get("slug"), str):
                one["slug"] = f"one_{n}"
    elif case.path.startswith("/api/v1/corrective-actions"):
        if isinstance(body.get("category"), str):
            body["category"] = "repair"
        if "effective_on" in body:
            body["effective_on"] = desk_today() if body.get("end") == "done" else None
        if body.get("end") == "dropped":
            body["note"] = "too dear"


def put_readable_calendar(case):
    """What no generator writes: a notation that can be read, and a file of holidays."""
    body = case.body
    if not case.path.startswith("/api/v1/calendars") or not isinstance(body, dict) or not often():
        return
    if "notation" in body:
        body["notation"] = HOURS
        body["time_zone"] = "Europe/Dublin"
        body.pop("holidays", None)
        body.pop("reviewed_at", None)
        if "slug" in body:
            body["slug"] = f"own_{RANDOM.getrandbits(40)}"
    elif case.path.endswith("/holidays"):
        body.pop("holidays", None)
        body["icalendar"] = ICS


def a_merged_one():
    complaint = a_complaint()
    ask("POST", f"/complaints/{complaint}/merge", {"into": a_complaint(), "reason": "The same door."})
    return complaint


def a_text():
    ask("PUT", "/canned-texts/gate", {"title": "Gate", "wordings": [{"language": "en", "body": "Hello"}, {"language": "zh", "body": "x"}]})
    return "gate"


def a_macro():
    ask("PUT", "/macros/gate", {"title": "Gate", "actions": [{"do": "add_note", "body": "x"}]})
    return "gate"


def a_view():
    mine = ask("GET", "/views")["items"]
    # There may be only so many.
    if len(mine) > 50:
        return RANDOM.choice(mine)["id"]
    return ask("POST", "/views", {"title": "Gate", "filter": {}})["id"]


def a_bulk_action():
    """One that has ended, and rarely one that has not: their number has an end."""
    for bulk in ask("GET", "/bulk-actions")["items"]:
        if bulk["state"] in ("waiting", "running"):
            return bulk["id"]
    return ask("POST", "/bulk-actions", {"ids": [a_complaint() for _ in range(30)], "actions": [{"do": "watch"}]})["id"]


def put_sensible_casework(case):
    """What no generator writes: complaints that may be merged, texts and macros that there are."""
    body, parameters = case.body, case.path_parameters or {}
    if "other" in parameters and often():
        parameters["id"], parameters["other"] = a_complaint(), a_complaint()
        if case.method.upper() == "DELETE":
            ask("PUT", f"/complaints/{parameters['id']}/relations/{parameters['other']}", {"kind": "related"})
    if case.path.endswith("/merge") and isinstance(body, dict) and UUID.match(str(body.get("into", ""))) and often():
        parameters["id"], body["into"] = a_complaint(), a_complaint()
    if "/canned-texts/{slug}" in case.path and often():
        parameters["slug"] = a_text()
    if "/macros/{slug}" in case.path and often():
        parameters["slug"] = a_macro()
    if "/complaints/{id}/" in case.path and "{slug}" in case.path and often():
        parameters["id"] = a_complaint()
    if not isinstance(body, dict) or not often():
        return
    actions = [{"do": "tag", "tags": ["gate"]}]
    if case.path == "/api/v1/bulk-actions":
        body.clear()
        body.update({"ids": [a_complaint()], "actions": actions})
    elif case.path == "/api/v1/macros/{slug}" and isinstance(body.get("actions"), list):
        body["actions"] = actions
    elif case.path == "/api/v1/canned-texts/{slug}" and isinstance(body.get("wordings"), list):
        body["wordings"] = [{"language": "en", "body": "Hello {customer.name}"}, {"language": "zh", "body": "x"}]
    elif case.path.endswith("/tags"):
        body["tags"] = ["gate"]
    elif case.path.startswith("/api/v1/views"):
        body.pop("columns", None)
        body["filter"] = {}


def a_customer():
    return ask("POST", "/customers", {"name": "Wang"})["id"]


def a_restricted_customer():
    customer = a_customer()
    ask("POST", f"/customers/{customer}/restrict", {"reason": "The address is wrong."})
    return customer


def a_held(kind, make):
    thing = make()
    ask("PUT", f"/{kind}/{thing}/legal-hold", {"reason": "A court case."})
    return thing


NEEDS = {
    "POST /api/v1/complaints/{id}/unmerge": a_merged_one,
    "GET /api/v1/views/{id}": a_view,
    "PUT /api/v1/views/{id}": a_view,
    "DELETE /api/v1/views/{id}": a_view,
    "GET /api/v1/bulk-actions/{id}": lambda: a_bulk_action(),
    "GET /api/v1/bulk-actions/{id}/results": lambda: a_bulk_action(),
    "POST /api/v1/bulk-actions/{id}/cancel": lambda: a_bulk_action(),
    "PATCH /api/v1/staff/{id}": a_member,
    "POST /api/v1/staff/{id}/deactivate": a_member,
    "POST /api/v1/staff/{id}/reactivate": one_who_left,
    "PUT /api/v1/staff/{id}/work-profile": a_member,
    "POST /api/v1/staff/{id}/absences": a_member,
    "GET /api/v1/complaints/{id}/drafts/{kind}": one_with_drafts,
    "POST /api/v1/complaints/{id}/route": lambda: a_routed_one(),
    "PATCH /api/v1/corrective-actions/{id}": an_action,
    "POST /api/v1/corrective-actions/{id}/close": an_action,
    "POST /api/v1/corrective-actions/{id}/verify": a_done_action,
    "POST /api/v1/corrective-actions/{id}/reopen": a_done_action,
    "PUT /api/v1/corrective-actions/{id}/complaints/{complaint}": an_action,
    "DELETE /api/v1/corrective-actions/{id}/complaints/{complaint}": an_action,
    "GET /api/v1/call-reviews/{id}": lambda: a_drawn_call(),
    "PUT /api/v1/call-reviews/{id}": lambda: a_drawn_call(),
    "POST /api/v1/call-reviews/{id}/comments": lambda: a_drawn_call(),
    "PATCH /api/v1/teams/{id}": a_team,
    "PUT /api/v1/teams/{id}/members/{staff_id}": a_team,
    "DELETE /api/v1/teams/{id}/members/{staff_id}": a_team,
    "DELETE /api/v1/service-tokens/{id}": a_token,
    "POST /api/v1/service-tokens/{id}/rotate": a_token,
    "POST /api/v1/customers/{id}/restrict": a_customer,
    "POST /api/v1/customers/{id}/lift-restriction": a_restricted_customer,
    "POST /api/v1/customers/{id}/anonymise": a_customer,
    "POST /api/v1/customers/{id}/erase": a_customer,
    "PUT /api/v1/complaints/{id}/legal-hold": a_complaint,
    "DELETE /api/v1/customers/{id}/legal-hold": lambda: a_held("customers", a_customer),
    "DELETE /api/v1/complaints/{id}/legal-hold": lambda: a_held("complaints", a_complaint),
    "PATCH /api/v1/complaints/{id}": a_complaint,
    "POST /api/v1/complaints/{id}/resume": a_waiting_one,
    "POST /api/v1/complaints/{id}/reopen": a_closed_one,
    "POST /api/v1/complaints/{id}/close": one_that_may_be_closed,
    "PUT /api/v1/complaints/{id}/redress": a_closed_one,
    "PUT /api/v1/complaints/{id}/steps": a_complaint,
    "POST /api/v1/complaints/{id}/call-backs": a_complaint,
    "POST /api/v1/call-backs/{id}/attempts": a_promise,
    "POST /api/v1/call-backs/{id}/reschedule": a_promise,
    "POST /api/v1/call-backs/{id}/cancel": a_promise,
}

# --- a person who is signed in

PASSWORD = "lantern gravel otter nine"
COOKIE = "__Host-hark"


def made_person():
    """A person with a password."""
    handle = f"gate-{RANDOM.randrange(10**9)}"
    made = ask("POST", "/staff", {"handle": handle, "name": "Gate", "role": "agent"})
    link = ask("POST", f"/staff/{made['id']}/invitation")["token"]
    ask("POST", f"/public/invitations/{link}", {"password": PASSWORD})
    return made["id"], handle


class Person:
    """Somebody with a browser, who is made anew when others have changed too much about them."""

    def __init__(self):
        self.id, self.handle = made_person()
        self.cookies = {}
        self.csrf = ""

    def send(self, method, path, body=None):
        headers = {"X-CSRF-Token": self.csrf, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        for _ in range(3):
            answer = requests.request(method, URL + path, json=body, headers=headers, timeout=30)
            if answer.status_code != 429:
                break
            # Others have guessed from this address.
            time.sleep(int(answer.headers["Retry-After"]))
        answer.raise_for_status()
        for cookie in answer.cookies:
            self.cookies[cookie.name] = cookie.value
        return answer.json()

    def sign_in(self):
        ask("DELETE", f"/staff/{self.id}/second-factor")
        self.csrf = self.send("POST", "/session", {"handle": self.handle, "password": PASSWORD})["csrf_token"]

    def begin_factor(self):
        secret = base64.b32decode(self.send("POST", "/me/second-factor", {"password": PASSWORD})["secret"])
        step = struct.pack(">Q", int(time.time()) // 30)
        digest = hmac.new(secret, step, hashlib.sha1).digest()
        start = digest[-1] & 15
        return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"

    def with_factor(self):
        return self.send("POST", "/me/second-factor/confirm", {"code": self.begin_factor()})["recovery_codes"][0]


def some_person():
    """One who is signed in, rather the same again."""
    global person
    try:
        person = person or Person()
        person.sign_in()
    except requests.HTTPError:
        person = Person()
        person.sign_in()
    return person


person = None

BODIES = {
    "POST /api/v1/session": lambda who: {"handle": who.handle, "password": PASSWORD},
    "PUT /api/v1/me/password": lambda who: {"current": PASSWORD, "new": PASSWORD},
    "POST /api/v1/me/second-factor": lambda who: {"password": PASSWORD},
    "POST /api/v1/me/second-factor/confirm": lambda who: {"code": who.begin_factor()},
    "POST /api/v1/me/second-factor/remove": lambda who: {"password": PASSWORD, "code": who.with_factor()},
    "POST /api/v1/public/invitations/{token}": lambda who: {"password": PASSWORD},
}


def put_a_person(case):
    """The cookie and the token of somebody who is signed in, and what they would send."""
    label, parameters = case.operation.label, case.path_parameters or {}
    mine = case.path == "/api/v1/session" or case.path.startswith("/api/v1/me/")
    about = label.startswith("DELETE /api/v1/staff/{id}/") or case.path in (
        "/api/v1/staff/{id}/sessions",
        "/api/v1/staff/{id}/invitation",
    )
    invited = case.path == "/api/v1/public/invitations/{token}"
    # What is sent wrong on purpose stays so, and what has been given credentials once is not given others.
    wrong = case.meta is not None and case.meta.generation.mode.is_negative
    if not (mine or about or invited) or wrong or case._has_explicit_auth or not often():
        return
    who = some_person()
    if about and UUID.match(str(parameters.get("id", ""))):
        parameters["id"] = who.id
    if invited:
        parameters["token"] = ask("POST", f"/staff/{who.id}/invitation")["token"]
    if isinstance(case.body, dict) and label in BODIES and often():
        case.body = BODIES[label](who)
    if not mine:
        return
    if case.path == "/api/v1/me/sessions/{id}" and UUID.match(str(parameters.get("id", ""))):
        # Another browser of theirs.
        before, who.cookies = (who.cookies, who.csrf), {}
        who.send("POST", "/session", {"handle": who.handle, "password": PASSWORD})
        parameters["id"] = who.send("GET", "/session")["id"]
        who.cookies, who.csrf = before
    case.headers = case.headers or {}
    case.headers.pop("Authorization", None)
    case.headers["X-CSRF-Token"] = who.csrf
    # So the check of credentials takes them away and tries others.
    case._has_explicit_auth = True
    case.cookies = {**(case.cookies or {}), COOKIE: who.cookies[COOKIE]}


# --- what is put in the place of what was made up


def put_known_ids(case):
    parameters = case.path_parameters or {}
    if case.path == "/api/v1/retention-rules/dry-run":
        ask("PUT", "/retention-rules", {"rules": [{"kind": "feedback", "keep_days": 900, "then": "anonymise"}]})
    if "token" in parameters:
        if often():
            put_known_link(case, parameters)
    elif UUID.match(str(parameters.get("id", ""))) and often():
        kind = case.path.split("/")[3]
        if case.operation.label in NEEDS and RANDOM.random() < 0.6:
            parameters["id"] = NEEDS[case.operation.label]()
        elif case.path == "/api/v1/complaints/{id}/steps/{step}" and RANDOM.random() < 0.6:
            parameters["id"] = with_steps_before(parameters["step"])
        elif kind in known:
            parameters["id"] = some(kind) or parameters["id"]
    if "staff_id" in parameters and often():
        parameters["staff_id"] = STAYS["id"]
    if "slug" in parameters and often():
        if "/calendars/" in case.path:
            parameters["slug"] = a_calendar()
        elif "/sla-policies/" in case.path:
            parameters["slug"] = a_policy()
        elif "/sla-packs/" in case.path:
            parameters["slug"] = "uk_disp"
        else:
            parameters["slug"] = a_role()
    if "/sla-policies/{slug}/versions/" in case.path and often():
        parameters["version"] = 1
    if "/calendars/{slug}/versions/" in case.path and often():
        parameters["version"] = 1
    if case.path.startswith("/api/v1/service-tokens/{id}") and parameters.get("id") in PROTECTED:
        parameters["id"] = new_uuid()
    if case.path.startswith("/api/v1/staff/{id}/") and parameters.get("id") == STAYS["id"]:
        parameters["id"] = new_uuid()


def put_known_link(case, parameters):
    if "id" in parameters:
        parameters["token"], complaint = a_public_one()
        start, end = window()
        promise = ask("POST", f"/complaints/{complaint}/call-backs", {"window_start": start, "window_end": end})
        if UUID.match(str(parameters["id"])):
            parameters["id"] = promise["id"]
    elif case.path.endswith(("/accept", "/dispute")):
        parameters["token"], complaint = a_public_one()
        ask("POST", f"/complaints/{complaint}/withdraw", {"reason": "A mistake."})
    else:
        parameters["token"] = some("links") or parameters["token"]


def put_known_file(case):
    """A file that is known, of a complaint or behind a private link; text where one is sent."""
    parameters = case.path_parameters or {}
    if case.path.endswith("/attachments") and case.method.upper() == "POST" and isinstance(case.body, bytes) and often():
        case.body = b"a letter"
    if "attachment" not in parameters or not often():
        return
    at = URL + "/complaints/"
    if "token" in parameters:
        parameters["token"], _ = a_public_one()
        at = URL + f"/public/complaints/{parameters['token']}"
    else:
        parameters["id"] = a_complaint()
        at = URL + f"/complaints/{parameters['id']}"
    answer = requests.post(at + "/attachments?name=a.txt", data=b"a letter", headers=STAFF, timeout=30)
    answer.raise_for_status()
    parameters["attachment"] = answer.json()["id"]


def put_known_values(case):
    body = case.body
    if not isinstance(body, dict):
        return
    if case.path.startswith("/api/v1/customers"):
        put_fresh_contacts(body)
    wrong = case.meta is not None and case.meta.generation.mode.is_negative
    if "external_id" in (case.path_parameters or {}) and not wrong and often():
        # A customer whom nobody knows yet, and whom nobody else can be taken for.
        number = RANDOM.getrandbits(48)
        case.path_parameters["external_id"] = f"C-{number}"
        body.update({"phones": [], "external_ids": [], "emails": [f"c{number}@example.com"]})
    for field, value in {"time_zone": "Asia/Shanghai", "language": "en", "preferred_language": "en"}.items():
        if isinstance(body.get(field), str) and often():
            body[field] = value
    people = {"owner": OWNER, "successor": OWNER, "role": "agent", "team": None, "teams": None, "scopes": None}
    people |= {"handle": f"agent-{RANDOM.getrandbits(48)}", "email": None} if case.path == "/api/v1/staff" else {}
    for field, value in people.items():
        if body.get(field) is not None and often():
            body[field] = value
    if body.get("result") == "reached" and body.get("satisfied") is None and often():
        body["satisfied"] = RANDOM.random() < 0.5
    if UUID.match(str(body.get("duplicate_of", ""))) and often():
        body["duplicate_of"] = some("complaints") or body["duplicate_of"]
    customer = body.get("customer")
    if isinstance(customer, dict) and UUID.match(str(customer.get("customer_id", ""))) and often():
        customer["customer_id"] = some("customers") or customer["customer_id"]
    if isinstance(body.get("window_start"), str) and isinstance(body.get("window_end"), str) and often():
        body["window_start"], body["window_end"] = window()
    for moment in ("received_at", "first_expressed_at", "incident_at"):
        if isinstance(body.get(moment), str) and often():
            body[moment] = None
    if case.path == "/api/v1/complaints/{id}/steps/{step}":
        put_fitting_record(body, (case.path_parameters or {}).get("step"))
    elif case.path == "/api/v1/complaints/{id}/steps" and isinstance(body.get("steps"), list) and often():
        for step, named in zip(RECORDS, body["steps"]):
            if isinstance(named, dict) and named.get("step") in [*RECORDS, "call_back"]:
                named["step"] = step
                put_fitting_record(named, step)


def put_fresh_contacts(body):
    """Nobody else's, and some that can be read: most that is made up is no phone number and no address."""
    number = f"{RANDOM.randint(0, 9999):04} {RANDOM.randint(0, 9999):04}"
    fresh = {"phones": f"138 {number}", "emails": f"li.na.{number[:4]}@example.com", "external_ids": {"system": "crm", "id": number}}
    for field, value in fresh.items():
        if body.get(field) and isinstance(body[field], list) and often():
            body[field] = [value]


def put_fitting_record(form, step):
    """Leaves the fields that belong to the step, and adds those that it needs."""
    record = form.get("record")
    if step not in RECORDS or not isinstance(record, dict) or not often():
        return
    for field in [field for field in record if field in FIELDS and FIELDS[field] != step]:
        del record[field]
    record.pop("call_back_id", None)
    record.pop("outcome", None)
    for field, value in RECORDS[step].items():
        if not record.get(field):
            record[field] = value
    form.pop("skip", None)


def put_fitting_headers(case):
    headers = case.headers
    if headers is None:
        return
    filing = case.operation.label == "POST /api/v1/public/complaints"
    if filing and often():
        headers["X-Challenge"] = solution()
    # Filing under a key that was used before gives the private link of then, which may have been revoked since.
    if KEY.match(str(headers.get("Idempotency-Key", ""))) and (filing or often()):
        headers["Idempotency-Key"] = new_uuid()
    given = headers.get("If-Match")
    if (given == "" or ETAG.match(str(given))) and often():
        there = version_of(address(case))
        if there:
            headers["If-Match"] = there
        elif case.method.upper() != "PATCH":
            del headers["If-Match"]


def version_of(path):
    """The present ETag of a resource, if it exists."""
    answer = requests.get(URL.removesuffix("/api/v1") + path, headers=STAFF, timeout=30)
    return answer.headers.get("ETag") if answer.ok else None


def address(case):
    """The resource a request is about: its path up to and with the id."""
    path = case.path
    for name in ("token", "id"):
        if "{%s}" % name in path:
            there = path.split("{%s}" % name)[0] + str((case.path_parameters or {}).get(name))
            return there + ("/work-profile" if path.endswith("/work-profile") else "")
    return path


lessons = {"left": 3}


def something_learnt():
    """A decision on a customer type, and the job that learns from it; not before every request, for it takes a while."""
    if not lessons["left"]:
        return
    lessons["left"] -= 1
    customer = {"name": "Li Na", "phone": PHONE}
    form = {"channel": "phone", "customer": customer, "subject": "Door", "statement": "Mend the door."}
    ask("POST", "/complaints", form | {"customer_type": "insistent"})
    for _ in range(100):
        if any(layer["state"] == "live" for layer in ask("GET", "/typing/layers")):
            return
        time.sleep(0.2)


def say_what_was_put(case):
    """Values that differ from the generated ones count as taken from the answer before; ours are from elsewhere."""
    case._components[ParameterLocation.PATH] = StoredValue(value=dict(case.path_parameters), is_generated=True)


@schemathesis.hook
def before_call(context, case, **kwargs):
    with LOCK:
        generated = dict(case.path_parameters or {})
        if case.operation.label == "POST /api/v1/typing/layers/undo":
            something_learnt()
        if case.method.upper() == case.operation.method.upper():
            put_known_ids(case)
            put_known_file(case)
            put_readable_calendar(case)
            put_sensible_policy(case)
            put_sensible_work(case)
            put_sensible_casework(case)
            put_sensible_lead(case)
            put_known_values(case)
            put_fitting_headers(case)
            put_a_person(case)
        if generated and case.path_parameters != generated:
            say_what_was_put(case)


# --- what is remembered


@schemathesis.hook
def after_call(context, case, response):
    with LOCK:
        if case.method.upper() != case.operation.method.upper():
            return
        counts = answers.setdefault(case.operation.label, {})
        counts[response.status_code] = counts.get(response.status_code, 0) + 1
        if not 200 <= response.status_code < 300:
            return
        try:
            body = response.json()
        except ValueError:
            return
        if isinstance(body, dict):
            learn(case.path, body)


def learn(path, body):
    remember("links", body.get("tracking_token"))
    if path == "/api/v1/complaints":
        for complaint in [body, *body.get("items", [])]:
            remember("complaints", complaint.get("id"))
        remember("customers", (body.get("customer") or {}).get("id"))
    elif path == "/api/v1/complaints/{id}/call-backs":
        remember("call-backs", body.get("id"))
    elif path == "/api/v1/customers":
        remember("customers", body.get("id"))
    elif path == "/api/v1/service-tokens":
        remember("service-tokens", body.get("id"))
    elif path == "/api/v1/call-reviews":
        for call in body.get("items", []):
            remember("call-reviews", call.get("id"))
    elif path in ("/api/v1/staff", "/api/v1/teams", "/api/v1/corrective-actions", "/api/v1/review-picks"):
        remember(path.rsplit("/", 1)[1], body.get("id"))


@atexit.register
def report():
    with open(os.environ["GATE_REPORT"], "w", encoding="utf-8") as file:
        json.dump(answers, file)
