"""Leads the generated requests past 404 and 412, into the rules.

Schemathesis makes up ids, versions and times, so most of its requests would end at the first door.
These hooks remember what the service answered (ids, private links, ETags) and put it, in most
requests, in the place of what was made up. Values that are wrong on purpose are left alone.

Every choice comes from one seeded generator. `GATE_URL` and `GATE_TOKEN` say how to reach the
service; what was tested and what succeeded is written to `GATE_REPORT`.
"""

import atexit
import datetime
import json
import os
import random
import re
import threading
import urllib.parse
import uuid

import requests
import schemathesis

RANDOM = random.Random(1)
LOCK = threading.Lock()
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
ETAG = re.compile(r'^"[0-9]{1,9}"$')
KEY = re.compile(r"^[!-~]{1,255}$")

URL = os.environ["GATE_URL"]
STAFF = {"Authorization": f"Bearer {os.environ['GATE_TOKEN']}"}
# The tokens from before the run, ours among them, must not be revoked.
PROTECTED = {token["id"] for token in requests.get(f"{URL}/api/v1/service-tokens", headers=STAFF, timeout=10).json()}

known = {"complaints": [], "call-backs": [], "customers": [], "service-tokens": [], "links": []}
versions = {}
succeeded = set()
tested = set()


def often():
    return RANDOM.random() < 0.8


def some(kind):
    """One that is known, rather a recent one."""
    found = known[kind][-12:]
    return RANDOM.choice(found) if found else None


def remember(kind, value):
    if isinstance(value, str) and value not in known[kind]:
        known[kind].append(value)


def put_known_ids(case):
    parameters = case.path_parameters or {}
    if "token" in parameters:
        if often():
            put_known_link(case, parameters)
        return
    kind = case.path.split("/")[3] if case.path.startswith("/api/v1/") else None
    if kind in known and UUID.match(str(parameters.get("id", ""))) and often():
        parameters["id"] = some(kind) or parameters["id"]
    if case.path == "/api/v1/service-tokens/{id}" and parameters.get("id") in PROTECTED:
        parameters["id"] = str(uuid.UUID(int=RANDOM.getrandbits(128), version=4))


def put_known_link(case, parameters):
    if "id" not in parameters:
        parameters["token"] = some("links") or parameters["token"]
    elif UUID.match(str(parameters["id"])):
        parameters["token"], parameters["id"] = promised_to_the_public()


def promised_to_the_public():
    """A fresh complaint by the public with a promised call, which few sequences of requests would make."""
    form = {"name": "Li Na", "phone": "138 0013 8000", "statement": "The door is broken."}
    filed = requests.post(f"{URL}/api/v1/public/complaints", json=form, timeout=10).json()
    found = requests.get(f"{URL}/api/v1/complaints?reference={filed['reference']}", headers=STAFF, timeout=10).json()
    start, end = window()
    promise = requests.post(
        f"{URL}/api/v1/complaints/{found['items'][0]['id']}/call-backs",
        json={"window_start": start, "window_end": end},
        headers=STAFF,
        timeout=10,
    ).json()
    return filed["tracking_token"], promise["id"]


def window():
    """A window in the next days."""
    start = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=RANDOM.randint(1, 200))
    end = start + datetime.timedelta(hours=RANDOM.randint(1, 100))
    return tuple(moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in (start, end))


def put_known_values(case):
    body = case.body
    if not isinstance(body, dict):
        return
    if "duplicate_of" in body and UUID.match(str(body["duplicate_of"])) and often():
        body["duplicate_of"] = some("complaints") or body["duplicate_of"]
    customer = body.get("customer")
    if isinstance(customer, dict) and UUID.match(str(customer.get("customer_id", ""))) and often():
        customer["customer_id"] = some("customers") or customer["customer_id"]
    if isinstance(body.get("window_start"), str) and isinstance(body.get("window_end"), str) and often():
        body["window_start"], body["window_end"] = window()
    for moment in ("received_at", "first_expressed_at", "incident_at"):
        if isinstance(body.get(moment), str) and often():
            body[moment] = None


def put_fitting_headers(case):
    headers = case.headers
    if headers is None:
        return
    if KEY.match(str(headers.get("Idempotency-Key", ""))) and often():
        headers["Idempotency-Key"] = str(uuid.UUID(int=RANDOM.getrandbits(128)))
    version = versions.get(address(case))
    if version and "If-Match" not in headers and case.method.upper() == "PATCH" and often():
        headers["If-Match"] = version
    elif version and ETAG.match(str(headers.get("If-Match", ""))) and often():
        headers["If-Match"] = version


def address(case):
    """The resource a request is about: its path up to and with the id."""
    path = case.path
    for name in ("token", "id"):
        if "{%s}" % name in path:
            path = path.split("{%s}" % name)[0] + str((case.path_parameters or {}).get(name))
    return path


@schemathesis.hook
def before_call(context, case, **kwargs):
    with LOCK:
        tested.add(case.operation.label)
        put_known_ids(case)
        put_known_values(case)
        put_fitting_headers(case)


@schemathesis.hook
def after_call(context, case, response):
    with LOCK:
        if not 200 <= response.status_code < 300 or case.method.upper() != case.operation.method.upper():
            return
        succeeded.add(case.operation.label)
        etag = response.headers.get("etag", [None])[0]
        location = response.headers.get("location", [None])[0]
        if etag:
            where = urllib.parse.urlparse(location).path if location else address(case)
            versions[where] = etag
        try:
            body = response.json()
        except ValueError:
            return
        learn(case, body)


def learn(case, body):
    if not isinstance(body, dict):
        return
    remember("links", body.get("tracking_token"))
    if case.path == "/api/v1/complaints/{id}/call-backs":
        remember("call-backs", body.get("id"))
    elif case.path == "/api/v1/complaints":
        for complaint in [body, *body.get("items", [])]:
            remember("complaints", complaint.get("id"))
        remember("customers", (body.get("customer") or {}).get("id"))
    elif case.path == "/api/v1/customers":
        remember("customers", body.get("id"))
    elif case.path == "/api/v1/service-tokens":
        remember("service-tokens", (body.get("token") or {}).get("id"))


@atexit.register
def report():
    if path := os.environ.get("GATE_REPORT"):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"tested": sorted(tested), "succeeded": sorted(succeeded)}, file)
