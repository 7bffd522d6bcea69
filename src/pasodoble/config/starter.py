"""Settings files that the program writes: a commented one to start from, and one that points at the sandbox.

Reading them back is `load`'s matter; asking a person for the answers does not belong here either (`cli/init`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from pasodoble.config.load import FILE_NAME

_STARTER = """\
# yaml-language-server: $schema=pasodoble.schema.json
# Pasodoble keeps HubSpot and Salesforce in step. All keys: docs/settings.md, or `pasodoble config schema`.
# Secrets never stand here: ${{NAME}} is taken from the environment.
version: 1
connections:
  {name}:
    hubspot:
      auth: {{ service_key: "${{HUBSPOT_KEY}}" }}
      # webhooks: {{ client_secret: "${{HUBSPOT_SECRET}}" }}   # changes arrive at once, not at the next check
    salesforce:
      login_url: {login_url}
      auth: {{ client_id: "${{SF_ID}}", client_secret: "${{SF_SECRET}}" }}
    check_every: 15m
    contacts:
      enabled: on
      create_in_salesforce: {created}        # lead | contact | never
      create_in_hubspot: always          # always | never
      inclusion_list: null               # a HubSpot list's id: only its members are synced
      # fields: left out, so the default list holds. Your own replaces it whole:
      # fields:
      #   - {{ hubspot: email,    salesforce: Email, rule: two_way }}
      #   - {{ hubspot: jobtitle, salesforce: Title, rule: prefer_salesforce_unless_blank }}
    companies: {{ enabled: off }}
    deals:     {{ enabled: off }}
    tickets:   {{ enabled: off }}
    limits:
      max_creates_per_run: 500           # a plan that does more of it asks first
      max_deletes_per_run: 10
      max_clears_per_run: 100
"""


def render_starter(
    name: str = "main", *, login_url: str = "https://login.salesforce.com", created: str = "lead"
) -> str:
    """A commented settings file to start from. `name`: the connection's; `created`: lead or contact."""
    return _STARTER.format(name=name, login_url=login_url, created=created)


def render_sandbox_config(ready: Mapping[str, Any]) -> str:
    """A settings file that points at a running sandbox, with every section there is, all enabled.

    ready   what `pasodoble sandbox` prints when it is ready. Its service key goes into the settings, where there is one:
            so our own writes can be told from those of others who use the token
    """
    hubspot, salesforce = ready["hubspot"], ready["salesforce"]
    on = {"enabled": True}
    connection = {
        "hubspot": {
            "base_url": hubspot["base_url"],
            "auth": {"service_key": hubspot.get("service_key", hubspot["token"])},
            "webhooks": {
                "client_secret": hubspot["client_secret"],
                "app_id": str(hubspot.get("service_id", hubspot["app_id"])),
                "client_id": hubspot["client_id"],
            },
        },
        "salesforce": {
            "login_url": salesforce["instance_url"],
            "auth": {"client_id": salesforce["client_id"], "client_secret": salesforce["client_secret"]},
            "pubsub": {"enabled": "auto", "endpoint": ready["pubsub"]["endpoint"]},
            **({"ca_file": ready["ca_file"]} if ready.get("ca_file") else {}),
        },
        "check_every": "15m",
        "contacts": {
            **on,
            "create_in_salesforce": "lead",
            "create_in_hubspot": "always",
            "inclusion_list": None,
            "when_deleted_in_salesforce": "nothing",
        },
        "companies": on,
        "deals": on,
        "tickets": on,
        "custom": [],
        "activities": dict.fromkeys(_ACTIVITIES.split(), True),
        "guard": "strict",
        "existing_records": "sync",
        "conflict_winner": "salesforce",
        "duplicates": "ask",
        "associations": dict.fromkeys(
            "contacts_companies deals_companies deals_contacts tickets_companies tickets_contacts".split(), True
        ),
        "salesforce_activities": {
            **dict.fromkeys(("tasks", "calls", "emails", "meetings"), True),
            "when_deleted": "nothing",
        },
        "campaigns": {"forms": {}, "member_status": ""},
        "lifecycle": {"automatic": True, "companies": "stay"},
        "owners": on,
        "limits": {"max_creates_per_run": 500, "max_deletes_per_run": 10, "max_clears_per_run": 100},
        "retention": {"history": "365d", "traces": "30d"},
        "alerts": [],
    }
    head = f"# Points at a running `pasodoble sandbox`: its tokens are no secrets.\n# pasodoble sync --once --config {FILE_NAME}\n"
    document = {"version": 1, "connections": {"sandbox": connection}}
    return head + yaml.dump(document, sort_keys=False, allow_unicode=True, Dumper=_PlainDumper)


_ACTIVITIES = (
    "form_submitted marketing_email_sent marketing_email_opened marketing_email_clicked sales_email_sent "
    "sales_email_opened sales_email_clicked meeting_scheduled call_logged note_created task_created document_viewed"
)


class _PlainDumper(yaml.SafeDumper):
    """Writes a part out again where it is used twice: the settings read no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True
