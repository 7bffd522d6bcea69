"""The part of the control door that both simulators share: calls, faults and the clock under `/__sandbox__/`."""

from __future__ import annotations

import orjson

from pasodoble.simulators.calls import CallLog
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.faults import FaultBook, FaultError, parse_fault
from pasodoble.simulators.http import DOOR, Request, Response, Router, json_response


class DoorError(ValueError):
    """What was asked of the door makes no sense; the text says what and what would."""


def refuse(message: str, status: int = 400) -> Response:
    return json_response({"error": message}, status)


def door_json(request: Request) -> object:
    """Raises DoorError."""
    try:
        return request.json() if request.body else {}
    except orjson.JSONDecodeError as error:
        raise DoorError(f"the body is not JSON: {error}") from None


def add_common_routes(router: Router, *, calls: CallLog, faults: FaultBook, clock: SimClock) -> None:
    def show_calls(_request: Request) -> Response:
        return json_response(calls.listing())

    def reset_calls(_request: Request) -> Response:
        calls.reset()
        return json_response({"calls": []})

    def show_faults(_request: Request) -> Response:
        return json_response(faults.listing())

    def order_faults(request: Request) -> Response:
        try:
            orders = door_json(request)
            for fault in [parse_fault(order) for order in (orders if isinstance(orders, list) else [orders])]:
                faults.add(fault)
        except (FaultError, DoorError, TypeError, ValueError) as error:
            return refuse(str(error))
        return json_response(faults.listing())

    def clear_faults(_request: Request) -> Response:
        faults.clear()
        return json_response(faults.listing())

    def show_clock(_request: Request) -> Response:
        return json_response({"now": clock.now().isoformat(), "now_ms": clock.now_ms(), "frozen": clock.frozen})

    def set_clock(request: Request) -> Response:
        try:
            order = door_json(request)
        except DoorError as error:
            return refuse(str(error))
        if not isinstance(order, dict) or not order or set(order) - {"advance_s", "freeze"}:
            return refuse('the clock takes {"advance_s":n} and {"freeze":true|false}')
        if "freeze" in order:
            (clock.freeze if order["freeze"] else clock.thaw)()
        if "advance_s" in order:
            if not isinstance(order["advance_s"], int | float) or order["advance_s"] < 0:
                return refuse("advance_s is a number of seconds, zero or more: this clock does not go back")
            clock.advance(order["advance_s"])
        return show_clock(request)

    router.add("GET", DOOR + "calls", show_calls)
    router.add("DELETE", DOOR + "calls", reset_calls)
    router.add("GET", DOOR + "faults", show_faults)
    router.add("POST", DOOR + "faults", order_faults)
    router.add("DELETE", DOOR + "faults", clear_faults)
    router.add("GET", DOOR + "clock", show_clock)
    router.add("POST", DOOR + "clock", set_clock)
