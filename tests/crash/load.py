"""Clients at work, and the ledgers in which they write what they intend and what was answered.

A ledger is a file of JSON lines. Intents, written before the request is sent: event, token, method,
object, arguments. Answers, written once it is read: event, token, what was answered.
"""

import http.client
import itertools
import json
import os
import random
import threading

import check

HOT = 4


class Objects:
    """The names, and what is done to which."""

    def __init__(self, count):
        self.names = [f"o{number:03}" for number in range(count)]
        self.deleted = set(self.names[3::8])
        self.large = self.names[1::16]
        self.kept = [name for name in self.names if name not in self.deleted]
        self.hot = self.names[:HOT]

    def choose(self, rng):
        return rng.choice(self.hot if rng.random() < 0.4 else self.names)

    def next_call(self, rng):
        """A method, an object and the arguments after the token."""
        name = self.choose(rng)
        if name in self.deleted and rng.random() < 0.1:
            return rng.choice(["wipe", "erase"]), name, []
        method, = rng.choices(["append", "transfer", "look", "forward", "refuse", "bulk"],
                              [50, 15, 12, 10, 5, 0.5])
        if method == "transfer":
            return method, name, [*rng.sample(range(check.ACCOUNTS), 2), rng.randrange(1, 50)]
        if method == "bulk":
            return method, rng.choice(self.large), [rng.choice([1, 4, 16, 64])]
        if method == "forward":
            source, target = rng.sample(self.hot[:3] + rng.sample(self.kept, 3), 2)
            return ("append", name, []) if source == target else (method, source, [target])
        return method, name, []


class Life:
    """What clients do between a start of the program and its death."""

    def __init__(self, program, folder, objects, seed, clients):
        self.program, self.folder, self.objects, self.seed = program, folder, objects, seed
        self.clients = clients
        # From when on a request may fail.
        self.ending = threading.Event()
        self.surprises = []
        os.makedirs(folder)

    def ledger(self, kind, client):
        return os.path.join(self.folder, f"client{client:02}.{kind}")

    def run_client(self, client, events, tokens):
        rng = random.Random(f"{self.seed}/{client}")
        try:
            with (open(self.ledger("intents", client), "w") as intents,
                  open(self.ledger("answers", client), "w") as answers,
                  self.program.client() as connection):
                while self.call(connection, rng, intents, answers, events, next(tokens)):
                    pass
        except (OSError, http.client.HTTPException) as error:
            if not self.ending.is_set():
                self.surprises.append(f"client {client}: {error!r} while the program should run")

    def call(self, connection, rng, intents, answers, events, token):
        """One request; gives whether to go on."""
        method, name, arguments = self.objects.next_call(rng)
        write_line(intents, next(events), token, method, name, arguments)
        if method == "look":
            reply = connection.get(f"/ledger/{name}?after=all")
        else:
            reply = connection.post(f"/ledger/{name}/{method}", json.dumps([token, *arguments]))
        event = next(events)
        if reply.status == 503:
            return False
        if reply.status != (409 if method == "refuse" else 200):
            self.surprises.append(f"{token} ({method} of {name}): {reply}")
            return False
        answer = None if method == "refuse" else json.loads(reply.text)
        if method == "look":
            self.surprises += [f"{name} as read: {complaint}"
                               for complaint in check.summary_complaints(answer)]
            answer = {"count": answer["count"], "last": answer["last"]}
        write_line(answers, event, token, answer)
        return True

    def read(self, death, writes, looks):
        """Adds what the ledgers tell to writes and looks of {object: [...]}. Gives how many writes
        were acknowledged, and the tokens of those in doubt."""
        acknowledged, in_doubt = 0, set()
        for client in range(self.clients):
            answers = {token: (event, answer)
                       for event, token, answer in read_lines(self.ledger("answers", client))}
            for sent, token, method, name, arguments in read_lines(self.ledger("intents", client)):
                end, answer = answers.get(token, (death, None))
                answered = token in answers
                if method == "look":
                    if answered:
                        looks[name].append(check.Look(sent, end, **answer))
                    continue
                what = " ".join(map(str, [method, *arguments]))
                row = answer if method not in ("refuse", "erase") else None
                writes[name].append(check.Write(token, what, sent, end, answered, row))
                if method == "forward":
                    writes[arguments[0]].append(
                        check.Write(token, f"from {name}", sent, end, answered))
                if answered:
                    acknowledged += 1
                else:
                    in_doubt.add(token)
        return acknowledged, in_doubt


class Tokens:
    """A client's tokens, in order over all lives."""

    def __init__(self, client):
        self.client, self.number = client, itertools.count()

    def __next__(self):
        return f"{self.client:02}-{next(self.number):07}"


def write_line(file, *values):
    file.write(json.dumps(values) + "\n")
    file.flush()


def read_lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]
