"""Between Starlette and handlers: who asks, what was sent, and what becomes of an answer or an error.

Handlers are plain functions. They run in the bounded pool of `workers`; what is here runs in the event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import quote, urlsplit

from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from watchdesk.errors import StorageError
from watchdesk.web.access.forms import FormTokens
from watchdesk.web.access.hosts import host_of
from watchdesk.web.access.visitors import STAYS, TooManyTries, Visitor, Visitors
from watchdesk.web.answers import admit, encoded, problem, refusal_of, tagged
from watchdesk.web.api.parameters import read_body, read_parameters
from watchdesk.web.asked import Asked, Elsewhere, Refusal
from watchdesk.web.desk import DeskView
from watchdesk.web.gate import TooLarge
from watchdesk.web.playground.streaming import streamed
from watchdesk.web.rendering import render
from watchdesk.web.routes import API, Access, Operation, Page, Values
from watchdesk.web.sent import json_body, sent_form
from watchdesk.web.workers import TooBusy, Workers

_SIGN_IN = "/sign-in"

Endpoint = Callable[[Request], Awaitable[Response]]
Plain = Callable[[Asked, Mapping[str, str]], Response]
"""A handler that makes its response itself, from the request and its headers."""


class _Kept(TypedDict):
    path: str
    secure: bool


class Answering:
    """Makes routes of pages and operations."""

    def __init__(
        self,
        desk: DeskView,
        workers: Workers,
        visitors: Visitors,
        form_tokens: FormTokens,
        pages: Sequence[Page],
    ) -> None:
        self._desk = desk
        self._workers = workers
        self._visitors = visitors
        self._form_tokens = form_tokens
        self._navigation = [(page.path, page.name) for page in pages if page.name]

    def page(self, page: Page) -> Route:
        """Shows the page; a form that is sent to it is checked before its handler sees it."""

        async def show(request: Request) -> Response:
            asked = await self._asked(request)
            if page.access is Access.READERS and asked.visitor is Visitor.STRANGER:
                if request.method == "POST":
                    raise Refusal(401, "This needs the token of the administrator.")
                return self._to_sign_in(request, asked)
            work: Callable[[Asked], Values | Elsewhere] = page.show
            if request.method == "POST":
                work = page.change or page.show
                await self._take_form(request, asked)
            return await self._workers.run(partial(self._shown, page, work, asked, self._kept(request)))

        methods = ["GET", "POST"] if page.change else ["GET"]
        return Route(page.path, show, methods=methods)

    def live(self, path: str) -> Route:
        """What a form of the playground asks for, part by part."""

        async def answer(request: Request) -> Response:
            asked = await self._asked(request)
            if asked.visitor is Visitor.STRANGER:
                raise Refusal(401, "This needs the token of the administrator.")
            await self._take_form(request, asked)
            return streamed(self._workers, request, asked)

        return Route(path, answer, methods=["POST"])

    def operation(self, operation: Operation) -> Route:
        """Gives the document; an error is a problem document."""

        async def answer(request: Request) -> Response:
            asked = await self._asked(request)
            admit(asked, operation, request.headers)
            parameters = read_parameters(operation, request.path_params, request.query_params)
            given = read_body(operation, await json_body(request)) if operation.body else parameters
            found = await self._workers.run(lambda: encoded(operation.answer(asked, given)))
            return tagged(found, "application/json", request)

        return Route(f"{API}{operation.path}", answer, methods=[operation.method])

    def document(self, path: str, document: Callable[[Asked], object]) -> Route:
        """A document of no operation, for readers."""

        async def answer(request: Request) -> Response:
            asked = await self._asked(request)
            admit(asked)
            found = await self._workers.run(lambda: encoded(document(asked)))
            return tagged(found, "application/json", request)

        return Route(path, answer, methods=["GET"])

    def plain(self, path: str, work: Plain, workers: Workers | None = None) -> Route:
        """A handler that says itself who may see what. `workers`: who run it, instead of those of pages."""

        async def answer(request: Request) -> Response:
            asked = await self._asked(request, workers)
            return await (workers or self._workers).run(partial(work, asked, dict(request.headers)))

        return Route(path, answer, methods=["GET"])

    @property
    def exception_handlers(
        self,
    ) -> Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
        """For Starlette."""
        kinds = (Refusal, HTTPException, StorageError, TooBusy, TooLarge, TooManyTries, Exception)
        return dict.fromkeys(kinds, self._failed)

    async def _failed(self, request: Request, error: Exception) -> Response:
        refusal = refusal_of(error)
        if request.url.path.startswith("/api/"):
            return problem(refusal)
        asked = self._bare(request, Visitor.STRANGER)
        values = {"status": refusal.status, "detail": refusal.detail, "to_do": refusal.to_do}
        values["phrase"] = HTTPStatus(refusal.status).phrase
        html = await asyncio.to_thread(self._rendered, "error.html.j2", asked, values)
        return Response(html, refusal.status, refusal.headers, "text/html; charset=utf-8")

    async def _take_form(self, request: Request, asked: Asked) -> None:
        """The fields of a form that was sent from one of our pages. Raises `Refusal` for any other."""
        asked.form = await sent_form(request)
        token = asked.form.get("form_token", "")
        if not self._form_tokens.is_ours(asked.form_cookie, token, request.headers.get("sec-fetch-site")):
            raise Refusal(
                403,
                "This form was not sent from a page of this desk, or is from before a restart.",
                to_do="Go back, load the page again, and send the form once more.",
            )

    def _bare(self, request: Request, visitor: Visitor) -> Asked:
        desk = self._desk
        return Asked(
            desk,
            desk.configured,
            desk.clock(),
            visitor,
            request.scope["path"],
            dict(request.path_params),
            QueryParams(request.scope["query_string"]),
            visitors=self._visitors,
            form_tokens=self._form_tokens,
            form_cookie=request.cookies.get(f"watchdesk-form-{desk.mark}"),
        )

    async def _asked(self, request: Request, workers: Workers | None = None) -> Asked:
        asked = self._bare(request, Visitor.STRANGER)
        web, cookie = asked.configured.settings.web, request.cookies.get(f"watchdesk-{self._desk.mark}")
        # It may read a file or run a program.
        asked.visitor = await (workers or self._workers).run(
            partial(self._visitors.visitor, web, request.headers, cookie)
        )
        return asked

    def _shown(
        self, page: Page, work: Callable[[Asked], Values | Elsewhere], asked: Asked, kept: _Kept
    ) -> Response:
        found = work(asked)
        if isinstance(found, Elsewhere):
            response: Response = RedirectResponse(asked.to(found.path), 303)
        else:
            html = self._rendered(page.template, asked, found)
            response = Response(html, media_type="text/html; charset=utf-8")
        self._set_cookies(response, asked, kept)
        return response

    def _rendered(self, template: str, asked: Asked, values: Values) -> str:
        is_inside = asked.visitor is not Visitor.STRANGER
        frame = {
            "navigation": self._navigation if is_inside else (),
            "may_sign_out": asked.visitor is Visitor.ADMINISTRATOR
            and asked.configured.settings.web.takes_token,
        }
        return render(template, asked, {**frame, **values})

    def _set_cookies(self, response: Response, asked: Asked, kept: _Kept) -> None:
        if asked.has_form and asked.form_cookie:
            name = f"watchdesk-form-{self._desk.mark}"
            response.set_cookie(name, asked.form_cookie, samesite="strict", httponly=True, **kept)
        if asked.sign_in is not None:
            name = f"watchdesk-{self._desk.mark}"
            age = STAYS if asked.sign_in else 0
            response.set_cookie(name, asked.sign_in, age, samesite="lax", httponly=True, **kept)

    def _kept(self, request: Request) -> _Kept:
        """Where and how a browser keeps a cookie: below the path of `public`, if that is where it asked."""
        web = self._desk.configured.settings.web
        public = urlsplit(web.public or "")
        is_public = bool(web.public) and host_of(request.headers.get("host", "")) == public.hostname
        path = f"{web.base_path}/" if is_public else "/"
        return {"path": path, "secure": is_public and public.scheme == "https"}

    @staticmethod
    def _to_sign_in(request: Request, asked: Asked) -> Response:
        query = request.scope["query_string"].decode("ascii", "replace")
        wanted = asked.path + (f"?{query}" if query else "")
        address = asked.to(_SIGN_IN) + (f"?to={quote(wanted, safe='')}" if wanted != "/" else "")
        return RedirectResponse(address, 303)
