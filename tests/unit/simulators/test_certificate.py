"""The certificate of `sandbox --tls`: a client that trusts its authority, and only that, gets through."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from pasodoble.simulators.certificate import make_certificate


async def test_a_client_that_trusts_the_authority_gets_through() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    with make_certificate() as files:
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(files.certificate, files.key)
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=serving)
        port = server.sockets[0].getsockname()[1]
        for host in ("localhost", "127.0.0.1"):
            trusting = ssl.create_default_context(cafile=files.ca)
            _reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting, server_hostname=host)
            writer.close()
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(
                "127.0.0.1", port, ssl=ssl.create_default_context(), server_hostname="localhost"
            )
        server.close()
    assert not files.ca.exists()
