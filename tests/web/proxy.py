"""A reverse proxy that serves syncd below a path, as simple as one can be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

PREFIX = "/tools/syncd"
KEPT = (
    "Cookie",
    "Content-Type",
    "Origin",
    "Sec-Fetch-Site",
    "Sec-Fetch-Mode",
    "Sec-Fetch-Dest",
    "Sec-Fetch-User",
)


@asynccontextmanager
async def proxied(address: str) -> AsyncIterator[str]:
    """Serve what is at `address` below `PREFIX`; gives the new address, with a slash at the end."""
    async with ClientSession(auto_decompress=False) as session:

        async def forward(request: web.Request) -> web.StreamResponse:
            url = address.rstrip("/") + request.rel_url.raw_path.removeprefix(PREFIX)
            headers = {name: request.headers[name] for name in KEPT if name in request.headers}
            headers |= {"X-Forwarded-Host": request.headers["Host"]}
            async with session.request(
                request.method,
                f"{url}?{request.rel_url.raw_query_string}",
                headers=headers,
                data=await request.read() or None,
                allow_redirects=False,
            ) as answer:
                response = web.StreamResponse(status=answer.status)
                for name, value in answer.headers.items():
                    if name not in ("Content-Length", "Transfer-Encoding", "Connection"):
                        response.headers.add(name, value)
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
                return response

        app = web.Application()
        app.router.add_route("*", PREFIX + "/{rest:.*}", forward)
        server = TestServer(app)
        await server.start_server()
        try:
            yield str(server.make_url(PREFIX + "/"))
        finally:
            await server.close()
