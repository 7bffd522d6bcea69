"""Validation rules of properties over HTTP: read and set. They bind writes on the newer dated paths.

What each rule demands does not belong here (see `rules`).
"""

from __future__ import annotations

import re
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.objects import kind_of
from pasodoble.simulators.hubspot.bodies import json_object, optional, texts
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.portal import Portal, Rule
from pasodoble.simulators.hubspot.routes import Routes

BASES = ("/crm/property-validations/{edition}", "/crm/v3/property-validations")
RULE_TYPES: Final = frozenset(
    "AFTER_DATETIME_DURATION AFTER_DURATION ALPHANUMERIC BEFORE_DATETIME_DURATION BEFORE_DURATION DAYS_OF_WEEK DECIMAL "
    "DOMAIN EMAIL EMAIL_ALLOWED_DOMAINS EMAIL_BLOCKED_DOMAINS END_DATE END_DATETIME FORMAT MAX_LENGTH MAX_NUMBER "
    "MIN_LENGTH MIN_NUMBER PHONE_NUMBER_WITH_EXPLICIT_COUNTRY_CODE REGEX SPECIAL_CHARACTERS START_DATE START_DATETIME "
    "URL URL_ALLOWED_DOMAINS URL_BLOCKED_DOMAINS WHITESPACE".split()
)
NUMERIC: Final = frozenset({"MIN_LENGTH", "MAX_LENGTH", "MIN_NUMBER", "MAX_NUMBER", "DECIMAL"})


class ValidationsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def list_all(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        rows = [
            {"propertyName": name, "propertyValidationRules": [show_rule(rule) for rule in rules.values()]}
            for (type_id, name), rules in self.portal.rules.items()
            if type_id == kind.type_id and rules
        ]
        return json_response({"results": rows})

    def list_rules(self, request: Request) -> Response:
        return json_response({"results": [show_rule(rule) for rule in self._rules(request).values()]})

    def get_rule(self, request: Request) -> Response:
        rule = self._rules(request).get(request.params["rule"])
        if rule is None:
            raise missing(f"Property {request.params['name']} has no rule of type {request.params['rule']}")
        return json_response(show_rule(rule))

    def put_rule(self, request: Request) -> Response:
        rules, rule_type, body = self._rules(request), request.params["rule"], json_object(request)
        if rule_type not in RULE_TYPES:
            raise Refusal(f"Rule type {rule_type} is not known")
        arguments = tuple(texts(body, "ruleArguments"))
        check_arguments(rule_type, arguments)
        rules[rule_type] = Rule(rule_type, arguments, bool(optional(body, "shouldApplyNormalization", bool)))
        return Response(status=204, writes=1)

    def _rules(self, request: Request) -> dict[str, Rule]:
        kind, name = kind_of(self.portal, request), request.params["name"]
        if name not in self.portal.properties[kind.type_id].live:
            raise missing(f'Property "{name}" does not exist', name=name)
        return self.portal.rules.setdefault((kind.type_id, name), {})


def check_arguments(rule_type: str, arguments: tuple[str, ...]) -> None:
    """Raises Refusal."""
    if rule_type in NUMERIC and not (len(arguments) == 1 and arguments[0].lstrip("-").replace(".", "", 1).isdecimal()):
        raise Refusal(f"Rule type {rule_type} takes one number as its argument")
    if rule_type in ("MIN_LENGTH", "MAX_LENGTH", "DECIMAL") and not arguments[0].isdecimal():
        raise Refusal(f"Rule type {rule_type} takes one whole number as its argument")
    if rule_type == "REGEX":
        try:
            re.compile(arguments[0])
        except (re.error, IndexError):
            raise Refusal("Rule type REGEX takes one regular expression as its argument") from None
    if rule_type in ("START_DATE", "END_DATE", "START_DATETIME", "END_DATETIME") and len(arguments) != 1:
        raise Refusal(f"Rule type {rule_type} takes one moment as its argument")


def show_rule(rule: Rule) -> dict[str, Any]:
    return {
        "ruleType": rule.type,
        "ruleArguments": list(rule.arguments),
        "shouldApplyNormalization": rule.normalise,
    }


def add_routes(portal: Portal, routes: Routes) -> None:
    api = ValidationsApi(portal)
    routes.add_table(
        "properties",
        BASES,
        [
            ("GET", "/{type}", api.list_all),
            ("GET", "/{type}/{name}", api.list_rules),
            ("GET", "/{type}/{name}/rule-type/{rule}", api.get_rule),
            ("PUT", "/{type}/{name}/rule-type/{rule}", api.put_rule),
        ],
    )
