"""The functions that the host calls, with one class whose requests say what to do."""

import json
import time

import _stead

from stead._sql_probe import SqlProbe


class Probe(SqlProbe):
    def __init__(self, handle):
        self.handle = handle
        self.requests = 0

    def settle(self, event, text):
        event.resolve((200, "", [("X-Name", self.handle.name or "")], text.encode()))

    def handle_event(self, event):
        if event.kind == "rpc":
            event.resolve(json.dumps([event.method, json.loads(event.args)]))
            return
        method, url, headers, body, client = event.request
        self.requests += 1
        action = url.split("/", 3)[3]
        getattr(self, action.partition("?")[0])(event, *action.partition("?")[2].split(","))

    def count(self, event, *_):
        self.settle(event, str(self.requests))

    def echo(self, event, *_):
        method, url, headers, body, client = event.request
        self.settle(event, f"{method} {url} {body.decode()}")

    def fail(self, event, *_):
        raise ValueError("on purpose")

    def sleep_parked(self, event, seconds):
        """Waits in the middle of ordinary code."""
        self.wait(lambda done: _stead.sleep(float(seconds), done))
        self.settle(event, "slept")

    def sleep_later(self, event, seconds):
        """Leaves, and answers from a continuation."""
        _stead.sleep(float(seconds), lambda result, error: self.settle(event, "slept"))

    def sleep_hard(self, event, seconds):
        time.sleep(float(seconds))
        self.settle(event, "slept")

    def spin(self, event, *_):
        while True:
            pass

    def call(self, event, class_name, name, method, arguments):
        answer = self.ask(class_name, name, method, json.dumps([int(arguments)]))
        self.settle(event, answer)

    def call_unknown(self, event, class_name, name):
        try:
            self.ask(class_name, name, "no_such", "[]")
        except _stead.RemoteError as error:
            self.settle(event, f"{error.code}: {error}")

    def fetch(self, event, class_name, name, path):
        target = _stead.id_from_name(class_name, name)
        request = ("PUT", "http://object/" + path, [("X-A", "1")], b"body")
        status, reason, headers, body = self.wait(
            lambda done: _stead.fetch(class_name, target, name, request, done)
        )
        self.settle(event, body.decode())

    def abort(self, event, *_):
        _stead.abort("because")

    def ask(self, class_name, name, method, arguments):
        target = _stead.id_from_name(class_name, name)
        return self.wait(
            lambda done: _stead.call(class_name, target, name, method, arguments, done)
        )

    def wait(self, begin):
        outcome = []
        strand = _stead.fiber()

        def done(result, error):
            outcome.append((result, error))
            _stead.unpark(strand)

        begin(done)
        while not outcome:
            _stead.park()
        result, error = outcome[0]
        if error:
            raise error
        return result


def load(project):
    return {"classes": ["Probe"], "worker": project["worker"]}


def construct(class_name, handle):
    return Probe(handle)


def start(instance, event):
    try:
        instance.handle_event(event)
    except BaseException as error:
        event.reject(error)


def wake(callback, result, error):
    callback(result, error)


def close(instance):
    pass
