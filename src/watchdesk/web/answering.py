"""Between Starlette and handlers: who asks, what was sent, and what becomes of an answer or an error.

Handlers are plain functions. They run in the bounded pool of `workers`; what is here runs in the event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from watchdesk.errors import StorageError
from watchdesk.web.access.forms import FormTokens
from watchdesk.web.access.hosts import host_of
from watchdesk.web.access.links import KEPT_NOWHERE, check_link
from watchdesk.web.access.visitors import STAYS, TooManyTries, Visitor, Visitors
from watchdesk.web.answers import admit, encoded, problem, refusal_of, tagged
from watchdesk.web.api.parameters import read_body, read_parameters
from watchdesk.web.asked import Asked, Elsewhere, Refusal
from watchdesk.web.assistants import over_http
from watchdesk.web.assistants.over_http import refuse_strange, spoken
from watchdesk.web.assistants.turns import Turns
from watchdesk.web.desk import DeskView
from watchdesk.web.events.streaming import PATH as EVENTS
from watchdesk.web.events.streaming import streamed as followed
from watchdesk.web.events.watcher import Events
from watchdesk.web.gate import TooLarge
from watchdesk.web.playground.streaming import streamed
from watchdesk.web.recent import Given, note_visitor, noted_visitor, seen_by
from watchdesk.web.rendering import render
from watchdesk.web.routes import API, Access, Operation, Page, Values
from watchdesk.web.sent import json_body, sent_bytes, sent_form
from watchdesk.web.workers import TooBusy, Workers, timed

_SIGN_IN = "/sign-in"

Endpoint = Callable[[Request], Awaitable[Response]]
_Work = Callable[[Asked], Values | Elsewhere]
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
        self._sign_in_cookie, self._form_cookie = f"watchdesk-{desk.mark}", f"watchdesk-form-{desk.mark}"
        self._named = [page for page in pages if page.name]

    def page(self, page: Page) -> Route:
        """Shows the page; a form that is sent to it is checked before its handler sees it."""

        async def show(request: Request) -> Response:
            asked = await self._asked(request)
            template, work, change = page.template, page.show, page.change
            if page.access is Access.READERS and asked.visitor is Visitor.STRANGER:
                if page.by_link and "key" in asked.query:
                    linked = page.by_link
                    check = partial(check_link, asked, linked.opens, *linked.names(asked))
                    asked.link_until = await self._workers.run(check)
                    template, work, change = linked.template, linked.show, linked.change
                elif request.method != "POST":
                    return self._to_sign_in(request, asked)
            if request.method == "POST":
                is_let_in = asked.visitor is not Visitor.STRANGER or page.access is Access.OPEN
                if change is None or not (is_let_in or asked.link_until is not None):
                    raise Refusal(401, "This needs the token of the administrator.")
                work = change
                await self._take_form(request, asked)
            kept, cookie, pages = self._kept(request), asked.form_cookie, self._desk.pages
            answer, took = await self._workers.run(
                lambda: timed(lambda: self._made(template, work, asked, kept))
            )
            is_shared = request.method != "POST" and asked.visitor is not Visitor.STRANGER
            # A form that was written for a visitor who had no cookie yet is for that one alone.
            if is_shared and asked.form_cookie == cookie:
                seen = seen_by(request.scope, request.headers, asked.visitor, cookie)
                pages.keep(seen, asked.configured, answer, 0.0 if page.is_live else took)
            return answer

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

    def assistants(self) -> Route:
        """Answers assistants, by messages of their protocol."""
        turns = Turns(self._workers)

        async def answer(request: Request) -> Response:
            asked = await self._asked(request)
            admit(asked)
            refuse_strange(asked, request.headers)
            return await spoken(request, await sent_bytes(request), asked, self._workers, turns)

        return Route(over_http.PATH, answer, methods=["POST"])

    def events(self, events: Events) -> Route:
        """Tells readers what is found and sent, while it happens."""

        async def answer(request: Request) -> Response:
            admit(await self._asked(request))
            return await followed(events, request)

        return Route(EVENTS, answer, methods=["GET"])

    def operation(self, operation: Operation) -> Route:
        """Gives the document; an error is a problem document."""

        async def answer(request: Request) -> Response:
            asked = await self._asked(request)
            admit(asked, operation, request.headers)
            parameters = read_parameters(operation, request.path_params, request.query_params)
            given = read_body(operation, await json_body(request)) if operation.body else parameters
            pages = self._desk.pages
            found = await self._workers.run(lambda: encoded(operation.answer(asked, given)))
            answer = tagged(found, "application/json", request)
            if operation.is_figures:
                seen = seen_by(request.scope, request.headers, asked.visitor, asked.form_cookie)
                pages.keep(seen, asked.configured, answer)
            return answer

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

    def known(self, scope: Scope, headers: Headers) -> Given | None:
        """The answer of a moment ago to the same request."""
        desk, cookies = self._desk, cookie_parser(headers.get("cookie", ""))
        configured = desk.configured
        visitor = self._visitors.at_once(configured.settings.web, headers, cookies.get(self._sign_in_cookie))
        if visitor is None:
            return None
        note_visitor(scope, visitor)
        if visitor is Visitor.STRANGER:
            return None
        return desk.pages.get(seen_by(scope, headers, visitor, cookies.get(self._form_cookie)), configured)

    @property
    def exception_handlers(
        self,
    ) -> Mapping[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]:
        """For Starlette."""
        kinds = (Refusal, HTTPException, StorageError, TooBusy, TooLarge, TooManyTries, Exception)
        return dict.fromkeys(kinds, self._failed)

    async def _failed(self, request: Request, error: Exception) -> Response:
        refusal = refusal_of(error, request.url.path)
        if request.url.path.startswith("/api/") or request.url.path == over_http.PATH:
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
            form_cookie=request.cookies.get(self._form_cookie),
        )

    async def _asked(self, request: Request, workers: Workers | None = None) -> Asked:
        asked = self._bare(request, Visitor.STRANGER)
        if visitor := noted_visitor(request.scope):
            asked.visitor = visitor
            return asked
        web, cookie = asked.configured.settings.web, request.cookies.get(self._sign_in_cookie)
        visitor_of = partial(self._visitors.visitor, web, request.headers, cookie)
        # To read the token, a file may be read or a program run.
        asked.visitor = await (workers or self._workers).run(visitor_of) if web.takes_token else visitor_of()
        return asked

    def _made(self, template: str, work: _Work, asked: Asked, kept: _Kept) -> Response:
        found = work(asked)
        if isinstance(found, Elsewhere):
            response: Response = RedirectResponse(asked.to(found.path), 303)
        else:
            html = self._rendered(template, asked, found)
            response = Response(html, media_type="text/html; charset=utf-8")
        self._set_cookies(response, asked, kept)
        if asked.link_until is not None:
            response.headers.update(KEPT_NOWHERE)
        return response

    def _rendered(self, template: str, asked: Asked, values: Values) -> str:
        is_inside = asked.visitor is not Visitor.STRANGER
        frame = {
            "navigation": [
                (page.path, page.name) for page in self._named if is_inside and page.is_named(asked)
            ],
            "may_sign_out": asked.visitor is Visitor.ADMINISTRATOR
            and asked.configured.settings.web.takes_token,
        }
        return render(template, asked, {**frame, **values})

    def _set_cookies(self, response: Response, asked: Asked, kept: _Kept) -> None:
        if asked.has_form and asked.form_cookie:
            response.set_cookie(
                self._form_cookie, asked.form_cookie, samesite="strict", httponly=True, **kept
            )
        if asked.sign_in is not None:
            age = STAYS if asked.sign_in else 0
            response.set_cookie(
                self._sign_in_cookie, asked.sign_in, age, samesite="lax", httponly=True, **kept
            )

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
