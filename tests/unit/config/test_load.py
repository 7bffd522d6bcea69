"""Settings from a file: where it is found, what it may say, and how faults are told."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pasodoble.config.load import LoadedSettings, load_settings
from pasodoble.config.secrets import collect_secrets
from pasodoble.config.starter import render_sandbox_config, render_starter
from pasodoble.errors import ConfigError
from pasodoble.mapping.presets import KINDS
from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.settings import Connection, Duplicates, ExistingRecords, Guard, Limits, OnDelete, Settings
from pasodoble.model.side import Side

ENVIRON = {
    "HUBSPOT_KEY": "hubspot-key",
    "HUBSPOT_SECRET": "hubspot-secret",
    "SF_ID": "salesforce-id",
    "SF_SECRET": "sf-secret",
}
ACCOUNTS = """\
version: 1
connections:
  acme:
    hubspot:    { auth: { service_key: "${HUBSPOT_KEY}" } }
    salesforce: { auth: { client_id: "${SF_ID}", client_secret: "${SF_SECRET}" } }
"""
DESIGNED = """\
version: 1
connections:
  acme:
    hubspot:    { base_url: https://api.hubapi.com, auth: { service_key: "${HUBSPOT_KEY}" }, webhooks: { client_secret: "${HUBSPOT_SECRET}" } }
    salesforce: { login_url: https://login.salesforce.com, auth: { client_id: "${SF_ID}", client_secret: "${SF_SECRET}" }, pubsub: { enabled: auto } }
    check_every: 15m
    contacts:
      enabled: true
      create_in_salesforce: lead          # lead | contact | never
      create_in_hubspot: always           # always | never
      inclusion_list: 42                  # a HubSpot list id, or null: every contact with an email
      when_deleted_in_salesforce: nothing # nothing | delete
      fields:
        - { hubspot: email,    salesforce: Email, rule: two_way }
        - { hubspot: jobtitle, salesforce: Title, rule: prefer_salesforce_unless_blank }
    companies: { enabled: true }
    deals:     { enabled: true }
    tickets:   { enabled: false }
    custom:    []
    activities: { form_submitted: on, marketing_email_sent: off, note_created: on }
    guard: strict                         # strict | fast
    existing_records: sync                # sync | wait
    campaigns:  { forms: { 0f1e2d3c-0000: 701000000000001 } }
    lifecycle:  { automatic: true }
    owners:     { enabled: true }
    limits:     { salesforce_calls_per_day: 20000, max_creates_per_run: 500, max_deletes_per_run: 10, max_clears_per_run: 100 }
public_url: https://sync.example.com      # where webhooks arrive, for signatures
"""
READY = {
    "ready": True,
    "hubspot": {
        "base_url": "http://127.0.0.1:8091",
        "token": "pat-1",
        "client_id": "c",
        "client_secret": "hs-secret",
        "app_id": 7,
    },
    "salesforce": {
        "instance_url": "http://127.0.0.1:8092",
        "token": "00D!x",
        "organization_id": "00D",
        "client_id": "sf-client",
        "client_secret": "sf-secret",
        "username": "ana@acme.com",
    },
    "pubsub": {"endpoint": "127.0.0.1:8093"},
    "ca_file": None,
}


def load(tmp_path: Path, text: str, environ: dict[str, str] = ENVIRON) -> LoadedSettings:
    (tmp_path / "pasodoble.yaml").write_text(text, encoding="utf-8")
    return load_settings(None, environ, tmp_path)


def connection(tmp_path: Path, more: str = "") -> Connection:
    indented = "".join(f"    {line}\n" for line in more.splitlines())
    return load(tmp_path, ACCOUNTS + indented).settings.connections["acme"]


def faults(tmp_path: Path, text: str, environ: dict[str, str] = ENVIRON) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, environ)
    assert caught.value.next_step
    return caught.value.problems


def faults_of(tmp_path: Path, more: str) -> tuple[str, ...]:
    """Of lines added to the connection, which begin on line 6."""
    return faults(tmp_path, ACCOUNTS + "".join(f"    {line}\n" for line in more.splitlines()))


# --- where it is -----------------------------------------------------------------------------------------------------


def test_the_option_goes_before_the_variable_and_the_variable_before_the_working_directory(tmp_path: Path) -> None:
    for name in ("pasodoble", "by_variable", "by_option"):
        (tmp_path / f"{name}.yaml").write_text(ACCOUNTS.replace("acme", name), encoding="utf-8")
    environ = {**ENVIRON, "PASODOBLE_CONFIG": "by_variable.yaml"}

    def found(path: Path | None, environ: dict[str, str]) -> list[str]:
        return list(load_settings(path, environ, tmp_path).settings.connections)

    assert found(Path("by_option.yaml"), environ) == ["by_option"]
    assert found(None, environ) == ["by_variable"]
    assert found(None, ENVIRON) == ["pasodoble"]


def test_a_missing_file_is_told_with_what_named_it_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no settings file .*nowhere\.yaml \(--config names it\)") as caught:
        load_settings(Path("nowhere.yaml"), {}, tmp_path)
    assert caught.value.next_step == "pasodoble init"


def test_the_document_is_kept_as_it_was_written_without_secrets(tmp_path: Path) -> None:
    loaded = load(tmp_path, DESIGNED)
    assert loaded.document == DESIGNED
    assert loaded.path == tmp_path / "pasodoble.yaml"


def test_the_database_is_a_file_here_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path, ACCOUNTS).settings.database_url == f"sqlite:///{tmp_path}/.pasodoble/pasodoble.db"
    environ = {**ENVIRON, "PASODOBLE_DATABASE_URL": "postgresql://localhost/x"}
    assert load(tmp_path, ACCOUNTS, environ).settings.database_url == "postgresql://localhost/x"


# --- what it says ----------------------------------------------------------------------------------------------------


def test_every_key_of_the_promised_sample_is_read(tmp_path: Path) -> None:
    settings = load(tmp_path, DESIGNED).settings
    acme = settings.connections["acme"]
    contacts = acme.objects["contacts"]
    assert settings.public_url == "https://sync.example.com"
    assert (acme.hubspot.auth, acme.hubspot.client_secret) == ({"service_key": "hubspot-key"}, "hubspot-secret")
    assert acme.salesforce.auth == {"client_id": "salesforce-id", "client_secret": "sf-secret"}
    assert (acme.salesforce.pubsub, acme.check_every) == ("auto", timedelta(minutes=15))
    assert (contacts.create_in_salesforce, contacts.create_in_hubspot) == ("Lead", True)
    assert (contacts.inclusion_list, contacts.when_deleted_in_salesforce) == ("42", OnDelete.NOTHING)
    assert [(r.hubspot, r.salesforce, r.rule) for r in contacts.fields] == [
        ("email", {"Lead": "Email", "Contact": "Email"}, UpdateRule.TWO_WAY),
        ("jobtitle", {"Lead": "Title", "Contact": "Title"}, UpdateRule.PREFER_SALESFORCE),
    ]
    assert [o.kind for o in acme.enabled()] == ["companies", "contacts", "deals"]
    assert {key for key, options in acme.activities.items() if options["on"]} == {"form_submitted", "note_created"}
    assert (acme.guard, acme.existing_records) == (Guard.STRICT, ExistingRecords.SYNC)
    assert acme.campaign_of_form == {"0f1e2d3c-0000": "701000000000001"}
    assert (acme.automatic_lifecycle, acme.owners) == (True, True)
    assert acme.limits == Limits(salesforce_calls_per_day=20_000)


def test_two_accounts_are_enough(tmp_path: Path) -> None:
    acme = connection(tmp_path)
    assert [o.kind for o in acme.enabled()] == ["contacts"]
    assert acme.objects["contacts"].fields == KINDS["contacts"].rules
    assert {kind: o.match for kind, o in acme.objects.items()} == {
        "companies": ("people", "domain"),
        "contacts": ("email",),
        "deals": (),
        "tickets": (),
    }
    assert not any(options["on"] for options in acme.activities.values())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (w, m)
        for m, ws in ((True, "on true 'on' 'true' On yes"), (False, "off false 'off' 'false' OFF no"))
        for w in ws.split()
    ],
)
def test_switches_take_every_usual_word_quoted_or_not(tmp_path: Path, written: str, *, meant: bool) -> None:
    acme = connection(tmp_path, f"companies: {{ enabled: {written} }}\nactivities: {{ call_logged: {written} }}")
    assert acme.objects["companies"].enabled is meant
    assert acme.activities["call_logged"] == {"on": meant}


def test_an_activity_may_be_a_map(tmp_path: Path) -> None:
    acme = connection(
        tmp_path,
        "activities: { call_logged: { filter: { hs_call_direction: INBOUND }, subject: 'Call: {hs_call_title}', "
        "owner: contact_owner, type: Call } }",
    )
    assert acme.activities["call_logged"] == {
        "on": True,
        "filter": {"hs_call_direction": "INBOUND"},
        "subject": "Call: {hs_call_title}",
        "owner": "contact_owner",
        "type": "Call",
    }


@pytest.mark.parametrize(("written", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("1d", 86_400)])
def test_durations_have_a_unit(tmp_path: Path, written: str, seconds: int) -> None:
    assert connection(tmp_path, f"check_every: {written}").check_every == timedelta(seconds=seconds)


@pytest.mark.parametrize(("written", "made"), [("lead", "Lead"), ("contact", "Contact"), ("never", "")])
def test_what_a_new_contact_makes(tmp_path: Path, written: str, made: str) -> None:
    acme = connection(tmp_path, f"contacts: {{ create_in_salesforce: {written} }}")
    assert acme.objects["contacts"].create_in_salesforce == made


def test_companies_may_be_kept_from_being_made(tmp_path: Path) -> None:
    acme = connection(tmp_path, "companies: { create_in_salesforce: never, create_in_hubspot: never }")
    assert acme.objects["companies"].create_in_salesforce == ""
    assert acme.objects["companies"].create_in_hubspot is False


def test_a_field_may_have_a_name_by_object_a_value_map_and_a_converter(tmp_path: Path) -> None:
    acme = connection(
        tmp_path,
        "contacts:\n"
        "  fields:\n"
        "    - { hubspot: address, salesforce: { Lead: Street, Contact: MailingStreet }, converter: cut_text }\n"
        "    - { hubspot: hs_lead_status, salesforce: { Lead: Status }, values: { NEW: Open, NO: No }, values_back: { X: NEW } }\n"
        "    - { hubspot: hubspot_owner_id, salesforce: OwnerId }\n",
    )
    address, status, owner = acme.objects["contacts"].fields
    assert address.salesforce == {"Lead": "Street", "Contact": "MailingStreet"}
    assert (address.rule, address.converter) == (UpdateRule.PREFER_SALESFORCE, "cut_text")
    assert (status.salesforce, status.values, status.values_back) == (
        {"Lead": "Status"},
        {"NEW": "Open", "NO": "No"},
        {"X": "NEW"},
    )
    assert owner.policy is Policy.OWNER


def test_a_custom_object_is_a_kind_of_its_own(tmp_path: Path) -> None:
    acme = connection(
        tmp_path,
        "custom:\n  - { hubspot: p1_Car, salesforce: Car__c, fields: [ { hubspot: plate, salesforce: Plate__c } ] }",
    )
    car = acme.objects["p1_car"]
    assert (car.hubspot_object, car.salesforce_objects, car.create_in_salesforce) == ("p1_Car", ("Car__c",), "Car__c")
    assert [(r.hubspot, r.salesforce) for r in car.fields] == [("plate", {"Car__c": "Plate__c"})]


def test_owners_that_are_switched_off_are_not_mapped(tmp_path: Path) -> None:
    acme = connection(tmp_path, "owners: { enabled: off }")
    assert acme.owners is False
    assert all(rule.policy is not Policy.OWNER for o in acme.objects.values() for rule in o.fields)


def test_paths_are_relative_to_the_settings_file(tmp_path: Path) -> None:
    text = ACCOUNTS.replace("salesforce: {", "salesforce: { ca_file: ca.pem,")
    assert load(tmp_path, text).settings.connections["acme"].salesforce.ca_file == str(tmp_path / "ca.pem")


# --- what is wrong ---------------------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        "check_every: 15\n"
        "contcts: {}\n"
        "contacts:\n"
        "  enabled: maybe\n"
        "  create_in_salesforce: Lead\n"
        "  fields:\n"
        "    - { hubspot: email, salesforce: Email, rule: twoway }\n"
        "    - { hubspot: fax, rul: two_way }\n"
        "activities: { note_created: { filtr: 1 }, call_logged: 7 }\n"
        "limits: { max_creates_per_run: -1 }\n",
    )
    at = "connections.acme"
    assert told == (
        f"pasodoble.yaml:6: {at}.check_every: a number and a unit are wanted, such as 15m (s, m, h or d)",
        f"pasodoble.yaml:7: {at}.contcts: unknown key; did you mean 'contacts'?",
        f"pasodoble.yaml:9: {at}.contacts.enabled: on or off is wanted",
        f"pasodoble.yaml:10: {at}.contacts.create_in_salesforce: must be 'lead', 'contact' or 'never'",
        f"pasodoble.yaml:12: {at}.contacts.fields[0].rule: must be 'two_way', 'prefer_salesforce_unless_blank', "
        "'always_salesforce', 'prefer_hubspot_unless_blank', 'always_hubspot' or 'dont_sync'",
        f"pasodoble.yaml:13: {at}.contacts.fields[1].rul: unknown key; did you mean 'rule'?",
        f"pasodoble.yaml:13: {at}.contacts.fields[1].salesforce: is missing",
        f"pasodoble.yaml:14: {at}.activities.call_logged: on or off is wanted",
        f"pasodoble.yaml:14: {at}.activities.note_created.filtr: unknown key; did you mean 'filter'?",
        f"pasodoble.yaml:15: {at}.limits.max_creates_per_run: must be at least 0",
    )


def test_a_reference_that_the_environment_lacks_names_the_key_and_the_variable(tmp_path: Path) -> None:
    assert faults(tmp_path, ACCOUNTS, {**ENVIRON, "SF_SECRET": ""}) == (
        "pasodoble.yaml:5: connections.acme.salesforce.auth.client_secret: the environment has no SF_SECRET",
    )


def test_an_unknown_key_that_looks_like_none_is_told_what_there_is(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, "owners: { zzz: on }")
    assert told.endswith("connections.acme.owners.zzz: unknown key; there are: enabled")


def test_a_property_and_a_field_are_mapped_but_once(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        "contacts:\n"
        "  fields:\n"
        "    - { hubspot: email, salesforce: Email }\n"
        "    - { hubspot: email, salesforce: { Lead: Title } }\n"
        "    - { hubspot: city, salesforce: { Contact: Email } }\n"
        "    - { hubspot: state, salesforce: { Account: Name }, converter: magic }\n",
    )
    assert [line.split(": ", 2)[2].split(";")[0] for line in told] == [
        "HubSpot's 'email' is mapped already, by the line at position 1 (one to one)",
        "Contact's 'Email' is mapped already, by the line at position 1 (one to one)",
        "there is no converter 'magic'",
        "'Account' is no Salesforce object of contacts",
    ]


@pytest.mark.parametrize(
    ("side", "auth"),
    [
        ("hubspot", "{}"),
        ("hubspot", "{ service_key: a, access_token: b }"),
        ("salesforce", "{ client_id: a }"),
        ("salesforce", "{ username: a }"),
    ],
)
def test_one_way_to_sign_in_is_wanted(tmp_path: Path, side: str, auth: str) -> None:
    lines = [
        line if not line.strip().startswith(side) else f"    {side}: {{ auth: {auth} }}"
        for line in ACCOUNTS.splitlines()
    ]
    (told,) = faults(tmp_path, "\n".join(lines))
    assert f"connections.acme.{side}.auth: one way to sign in is wanted: " in told


def test_two_objects_do_not_share_a_name(tmp_path: Path) -> None:
    (told,) = faults_of(tmp_path, "custom: [ { name: deals, hubspot: x, salesforce: X__c, fields: [] } ]")
    assert "there is already an object 'deals'" in told


def test_no_secret_is_in_a_message(tmp_path: Path) -> None:
    told = faults(tmp_path, ACCOUNTS.replace('"${HUBSPOT_KEY}"', "[top-secret]"))
    assert "top-secret" not in " ".join(told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\nconnections: &a {}\nmore: *a\n", "pasodoble.yaml:2: anchors and aliases are not read here"),
        ("version: !!python/name:os.system 1\n", "pasodoble.yaml:1: tags are not read here"),
        ("version: 1\nversion: 1\n", "pasodoble.yaml:2: 'version' is there twice"),
        ("version: 1\n  connections: {}\n", "pasodoble.yaml:2: mapping values are not allowed here"),
        ("a: " + "[" * 100 + "]" * 100, "pasodoble.yaml:1: nested too deeply"),
    ],
)
def test_yaml_tricks_are_refused(tmp_path: Path, text: str, said: str) -> None:
    assert faults(tmp_path, text) == (said,)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="larger than 1,000,000 bytes"):
        load(tmp_path, "#" * 1_000_001)


@pytest.mark.parametrize("text", ["", "[]", "just words", "version: 2\nconnections: {}\n"])
def test_what_is_no_settings_file_is_refused(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text)


def test_words_that_yaml_would_turn_into_truth_values_stay_words(tmp_path: Path) -> None:
    acme = connection(tmp_path, "contacts: { placeholder: { Company: NO, LastName: off } }")
    assert acme.objects["contacts"].placeholder == {"Company": "NO", "LastName": "off"}


# --- files that we write ---------------------------------------------------------------------------------------------


def test_the_starter_can_be_used_as_it_is(tmp_path: Path) -> None:
    settings = load(tmp_path, render_starter("acme", created="contact")).settings
    assert settings.connections["acme"].objects["contacts"].create_in_salesforce == "Contact"
    assert [o.kind for o in settings.connections["acme"].enabled()] == ["contacts"]


def test_the_sandbox_config_points_at_the_sandbox_with_everything_on(tmp_path: Path) -> None:
    settings = load(tmp_path, render_sandbox_config(READY), {}).settings
    (sandbox,) = settings.connections.values()
    assert (sandbox.hubspot.base_url, sandbox.hubspot.auth) == ("http://127.0.0.1:8091", {"service_key": "pat-1"})
    assert (sandbox.hubspot.client_secret, sandbox.hubspot.app_id) == ("hs-secret", "7")
    assert (sandbox.salesforce.login_url, sandbox.salesforce.pubsub_endpoint) == (
        "http://127.0.0.1:8092",
        "127.0.0.1:8093",
    )
    assert sandbox.salesforce.auth == {"client_id": "sf-client", "client_secret": "sf-secret"}
    assert all(o.enabled for o in sandbox.objects.values())
    assert all(options["on"] for options in sandbox.activities.values())
    assert sandbox.check_every == timedelta(minutes=15)


def test_every_section_there_is_stands_in_the_sandbox_config() -> None:
    import yaml

    from pasodoble.config.file import Activities, ConnectionPart

    (sandbox,) = yaml.safe_load(render_sandbox_config(READY))["connections"].values()
    assert set(sandbox) == set(ConnectionPart.model_fields)
    assert set(sandbox["activities"]) == set(Activities.model_fields)


@pytest.mark.parametrize(
    ("written", "winner"), [("hubspot", Side.HUBSPOT), ("salesforce", Side.SALESFORCE), ("ask", None)]
)
def test_conflict_winner_is_a_side_or_a_person(tmp_path: Path, written: str, winner: Side | None) -> None:
    assert load(tmp_path, ACCOUNTS).settings.connections["acme"].conflict_winner is Side.SALESFORCE
    assert connection(tmp_path, f"conflict_winner: {written}").conflict_winner is winner


def test_duplicates_are_asked_about_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    assert connection(tmp_path).duplicates is Duplicates.ASK
    assert connection(tmp_path, "duplicates: most_recent").duplicates is Duplicates.MOST_RECENT


def test_associations_are_on_and_may_be_switched_off_or_given_roles(tmp_path: Path) -> None:
    assert all(association.enabled for association in connection(tmp_path).associations.values())
    labels = "{ USER_DEFINED:37: Decision Maker }"
    made = connection(tmp_path, f"associations: {{ deals_companies: off, deals_contacts: {{ labels: {labels} }} }}")
    off = [key for key, association in made.associations.items() if not association.enabled]
    assert off == ["deals_companies"]
    assert made.associations["deals_contacts"].labels == {"USER_DEFINED:37": "Decision Maker"}
    with pytest.raises(ConfigError):
        connection(tmp_path, f"associations: {{ deals_companies: {{ labels: {labels} }} }}")


# --- secrets and start-up --------------------------------------------------------------------------------------------


def test_all_secrets_are_known_to_whoever_strikes_them_out(tmp_path: Path) -> None:
    settings: Settings = load(
        tmp_path, DESIGNED, {**ENVIRON, "PASODOBLE_DATABASE_URL": "postgresql://ana:pass-word@localhost/x"}
    ).settings
    assert collect_secrets(settings) == {"hubspot-key", "hubspot-secret", "sf-secret", "pass-word"}
    assert not any(secret in repr(settings.connections) for secret in ("hubspot-key", "hubspot-secret", "sf-secret"))


def test_importing_the_loader_does_not_import_what_is_slow() -> None:
    code = "import sys, pasodoble.config.load; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_custom_object_is_tied_to_objects_of_the_file_by_a_lookup_of_its_own(tmp_path: Path) -> None:
    custom = "custom: [ { name: cars, hubspot: x, salesforce: X__c, fields: [], associations: { %s } } ]"
    (told,) = faults_of(tmp_path, custom % "accounts: Account__c")
    assert "there is no object 'accounts'" in told
    assert len(faults_of(tmp_path, custom % "companies: Account__c, contacts: Account__c")) == 2
