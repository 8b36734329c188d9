#!/usr/bin/env python3
"""The shop and a card gateway in a process of its own: whoever dies, the gateway's books agree with the journals.

The gateway turns requests away, does some without answering, and declines some. First the shop is killed with SIGKILL
while calls are under way, again and again; then the gateway is, and the shop goes on without it until it is back.
"""

import json
import os
import random
import signal
import socket
import sys
import time
import urllib.error
import urllib.request

import shop_process
from shop_process import Shop, require

KILLS_PER_RUN = 6


class Gateway:
    """One process of the gateway; its books are in a file."""

    def __init__(self, binary, books, port=0, *extra):
        self.shop = Shop(binary, "gateway-sim", "--books", books, "--port", port, *extra)
        self.url = self.wait_until_it_listens()
        self.port = int(self.url.rsplit(":", 1)[1])

    def wait_until_it_listens(self):
        since = time.monotonic()
        while "\n" not in self.shop.stdout_so_far():
            require(self.shop.running, f"the gateway ended: {self.shop.describe()}")
            require(time.monotonic() - since < shop_process.HANGS_AFTER_S, "the gateway does not begin to listen")
            time.sleep(0.01)
        return self.shop.stdout_so_far().split()[-1]

    def books(self):
        with urllib.request.urlopen(self.url + "/books", timeout=60) as answer:
            return json.load(answer)

    def kill(self):
        self.shop.signal(signal.SIGKILL)
        self.shop.wait()

    def stop(self):
        self.shop.signal(signal.SIGTERM)
        require(self.shop.wait() == 0, f"the gateway does not end well: {self.shop.describe()}")
        return self.shop.stdout()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.shop.__exit__(*error)


class GatewayTest:
    def __init__(self, arguments):
        self.arguments = arguments
        self.random = random.Random(arguments.seed)

    def demo(self, data, gateway, orders):
        return Shop(self.arguments.shop, "demo", "--orders", orders, "--seed", self.arguments.seed % 1000, "--data",
                    data, "--gateway", gateway.url, "--json")

    def events(self, data, name):
        """The payloads of all events of a type, as the journals hold them."""
        status, out, err = shop_process.run(self.arguments.shop, "events", "--data", data, "--type", name, "--json")
        require(status == 0, f"events --type {name}: {err}")
        found = [json.loads(line) for line in out.splitlines()]
        return [event.get("payload", event.get("fields", event)) for event in found]

    def finish(self, demo, data, gateway, orders):
        """The run ends well, and the journals, read by themselves, say the same as the gateway's books."""
        summary = shop_process.require_all_ended(demo, orders)
        require(summary["invariants"].get("gateway") is True, f"the gateway's books were not checked: {summary}")
        held = {}
        for sign, name in ((1, "PaymentProcessed"), (-1, "PaymentRefunded")):
            for event in self.events(data, name):
                held[event["order"]] = held.get(event["order"], 0) + sign * event["amount"]
        books = gateway.books()
        require(not books["faults"], f"the gateway complains: {books['faults']}")
        for account in books["accounts"]:
            order, amount = account["order"], account["captured"] - account["refunded"]
            require(amount == held.pop(order, 0), f"the gateway holds {amount} of order {order}, not so the journals")
        require(not any(held.values()), f"the gateway has never heard of {[o for o in held if held[o]]}")
        require(books["captured"] > 0 and books["repeated"] > 0, f"nothing was charged, or asked twice: {books}")
        return summary, books

    def kill_the_shop(self):
        orders = self.arguments.orders
        with shop_process.data_directory() as data:
            os.makedirs(data.parent, exist_ok=True)
            with Gateway(self.arguments.shop, data.parent / "books", 0, "--slow", 2, "--twice", "5%", "--down", "5%",
                         "--decline", "5%") as gateway:
                for kill in range(KILLS_PER_RUN):
                    with self.demo(data, gateway, orders) as demo:
                        before = gateway.books()["charges"]
                        target = before + self.random.randrange(1, max(2, orders // 8))
                        while demo.running and gateway.books()["charges"] < target:
                            time.sleep(0.01)
                        demo.signal(signal.SIGKILL)
                        demo.wait()
                    print(f"kill {kill + 1}: after {gateway.books()['charges']} charges", flush=True)
                with self.demo(data, gateway, orders) as demo:
                    _, books = self.finish(demo, data, gateway, orders)
                print(f"the books agree: {books['charges']} charges, {books['refunds']} refunds, "
                      f"{books['voids']} voids, {books['repeated']} requests answered again", flush=True)
                gateway.stop()

    def kill_the_gateway(self):
        orders = self.arguments.orders
        with shop_process.data_directory() as data:
            os.makedirs(data.parent, exist_ok=True)
            books_file = data.parent / "books"
            with Gateway(self.arguments.shop, books_file, 0, "--slow", 2, "--twice", "5%") as gateway:
                with self.demo(data, gateway, orders) as demo:
                    while gateway.books()["charges"] < orders // 10:
                        require(demo.running, f"the shop ended: {demo.describe()}")
                        time.sleep(0.01)
                    gateway.kill()
                    while "state=open" not in demo.stderr_so_far():
                        require(demo.running, f"the shop ended without its gateway: {demo.describe()}")
                        time.sleep(0.01)
                    with Gateway(self.arguments.shop, books_file, gateway.port) as again:
                        summary, books = self.finish(demo, data, again, orders)
                        require("state=closed" in demo.stderr(), f"no breaker has closed: {demo.describe()}")
                        abandoned = len(self.events(data, "PaymentAbandoned"))
                        require(abandoned > 0, "the gateway was away and no payment was abandoned")
                        require(books["voids"] == abandoned == len(self.events(data, "ChargeVoided")),
                                f"{abandoned} payments abandoned, {books['voids']} charges made void")
                        print(f"without its gateway the shop abandoned {abandoned} payments of {orders}, and "
                              f"{summary['completed']} orders were completed", flush=True)

    def say_what_is_wrong(self):
        """What a person may do wrong is answered in a sentence."""
        shop = self.arguments.shop
        for arguments, words in (
                (["demo", "--gateway", "127.0.0.1:1"], "expected http://HOST:PORT"),
                (["demo", "--gateway", "http://127.0.0.1:1", "--payment-failures", "5%"], "--payment-failures"),
                (["gateway-sim", "--down", "2"], "--down"),
                (["gateway-sim", "--port", "65536"], "--port"),
                (["gateway-sim", "--books", "/no/such/folder/books"], "/no/such/folder/books")):
            status, _, err = shop_process.run(shop, *arguments)
            require(status != 0 and words in err, f"{arguments}: status {status}, {err}")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            status, _, err = shop_process.run(shop, "gateway-sim", "--port", taken.getsockname()[1])
            require(status == 1 and "is the port taken?" in err, f"a taken port: status {status}, {err}")

    def answer_nonsense(self):
        """The gateway says what it expects, whatever it is sent."""
        with shop_process.data_directory() as data:
            with Gateway(self.arguments.shop, data.parent / "books", 0) as gateway:
                for path, key, body, status in (
                        ("/charges", "k", "{", 400), ("/charges", "", '{"order":"1","amount":1}', 400),
                        ("/charges", "k", '{"order":"1","amount":-1}', 400),
                        ("/charges", "k", '{"order":"","amount":1}', 400), ("/money", "k", "{}", 404)):
                    headers = {"Idempotency-Key": key} if key else {}
                    request = urllib.request.Request(gateway.url + path, body.encode(), headers)
                    try:
                        with urllib.request.urlopen(request, timeout=60) as answer:
                            found = answer.status
                    except urllib.error.HTTPError as error:
                        found = error.code
                    require(found == status, f"{path} {body!r}: {found}, not {status}")
                require(gateway.books()["charges"] == 0, "nonsense was charged")
                require("0 charges" in gateway.stop(), "no summary at the end")


def main():
    arguments = shop_process.options(__doc__.split("\n", maxsplit=1)[0]).parse_args()
    shop_process.terminate_on_signals()
    print(f"seed {arguments.seed}", flush=True)
    test = GatewayTest(arguments)
    try:
        test.say_what_is_wrong()
        test.answer_nonsense()
        test.kill_the_shop()
        test.kill_the_gateway()
    except shop_process.Broken as broken:
        print(f"FAILED (seed {arguments.seed}): {broken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
