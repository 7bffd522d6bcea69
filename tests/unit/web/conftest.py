from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from tests.fakes.web_service import FakeService, FixedClock

from pasodoble.web import create_app


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
async def browser(service: FakeService) -> AsyncIterator[httpx2.AsyncClient]:
    """Something that keeps cookies and follows nothing."""
    transport = httpx2.ASGITransport(create_app(service, FixedClock()), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client
