"""Our field on Salesforce objects as metadata that its own tools deploy. Deploying it is the administrator's act."""

from __future__ import annotations

import json
from collections.abc import Iterable

FIELD = """\
<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
    <fullName>Pasodoble_Key__c</fullName>
    <label>Pasodoble key</label>
    <description>Filled by Pasodoble when it creates the record, so that no record is made twice.</description>
    <type>Text</type>
    <length>255</length>
    <unique>true</unique>
    <caseSensitive>true</caseSensitive>
    <externalId>true</externalId>
    <required>false</required>
</CustomField>
"""
PROJECT = {"packageDirectories": [{"path": "force-app", "default": True}], "sourceApiVersion": "66.0"}


def render_project(objects: Iterable[str]) -> dict[str, str]:
    """The files of a project that `sf project deploy start` takes, by path, with the field on each of these objects."""
    folder = "force-app/main/default/objects"
    fields = {f"{folder}/{name}/fields/Pasodoble_Key__c.field-meta.xml": FIELD for name in sorted(set(objects))}
    return {"sfdx-project.json": json.dumps(PROJECT, indent=2) + "\n", **fields}
