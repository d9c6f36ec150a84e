"""The shops: sign-up, a browser, tenants that never see each other's rows, a crash."""

import re

import django_case
import harness


class TenantsTest(django_case.DjangoCase):
    project_source = "examples/4_django/tenants"
    environment = {"STEAD_VAR_SECRET_KEY": "of-the-test"}

    def sign_up(self, server, name):
        """Gives the reply and how many milliseconds the node needed."""
        reply = self.visitor(server, "localhost").post("/", name=name)
        timing = re.search(r"open;dur=([\d.]+)", reply.headers.get("Server-Timing", ""))
        return reply, float(timing[1]) if timing else None

    def owner_of(self, server, name):
        """Signs up, chooses a password, and is in the admin."""
        reply, _ = self.sign_up(server, name)
        self.assertEqual(reply.status, 303, reply)
        host = f"{name}.localhost"
        start = f"//{host}:{server.port}"
        self.assertTrue(reply.headers["Location"].startswith(start + "/welcome/"))
        owner = self.visitor(server, host)
        form = owner.get(reply.headers["Location"].removeprefix(start)).headers["Location"]
        self.assertEqual(owner.get(form).status, 200)
        secret = f"the secret of {name}"
        chosen = owner.post(form, new_password1=secret, new_password2=secret)
        self.assertEqual((chosen.status, chosen.headers["Location"]), (302, "/admin/"))
        self.assertIn("Site administration", owner.get("/admin/").text)
        return owner

    def add_product(self, owner, name, stock=1):
        owner.get("/admin/shop/product/add/")
        reply = owner.post("/admin/shop/product/add/", name=name, price="1.50", stock=stock)
        self.assertEqual(reply.status, 302, reply)

    def test_sign_up(self):
        server = self.serve_project()
        front = self.visitor(server, "localhost").get("/")
        self.assertIn("<form", front.text)
        self.assertEqual(self.visitor(server, "nobody.localhost").get("/").status, 404)
        self.assertEqual(self.sign_up(server, "No Name!")[0].status, 400)
        took = []
        for number in range(11):
            reply, milliseconds = self.sign_up(server, f"shop{number}")
            self.assertEqual(reply.status, 303, reply)
            took.append(milliseconds)
        first, *others = took
        others.sort()
        print(f"sign-up: {first:.1f} ms with the template's migrations, then "
              f"{others[0]:.1f} to {others[-1]:.1f} ms, median {others[5]:.1f} ms")  # fmt: skip
        self.assertEqual(self.sign_up(server, "shop3")[0].status, 409)
        self.stop(server)

    def test_tenants_are_apart(self):
        server = self.serve_project()
        alice = self.owner_of(server, "alice")
        bob = self.owner_of(server, "bob")
        self.add_product(alice, "Apples")
        self.add_product(bob, "Bagels")
        self.add_product(bob, "Butter")
        for _ in range(3):
            self.assertIn("Apples", alice.get("/").text)
            self.assertNotIn("Bagels", alice.get("/admin/shop/product/").text)
            self.assertIn("Bagels", bob.get("/").text)
            self.assertNotIn("Apples", bob.get("/admin/shop/product/").text)
        # A session of one shop is worth nothing in the other, nor is a password.
        stranger = self.visitor(server, "bob.localhost")
        stranger.cookies = dict(alice.cookies)
        self.assertEqual(stranger.get("/admin/").status, 302)
        stranger.cookies = {}
        self.assertEqual(stranger.log_in("owner", "the secret of alice").status, 200)
        self.assertEqual(stranger.log_in("owner", "the secret of bob").status, 302)
        self.check_static_files(server, "alice.localhost")

        server.kill()
        server = self.serve_project()
        for name, has, has_not in (("alice", "Apples", "Bagels"), ("bob", "Bagels", "Apples")):
            page = self.visitor(server, f"{name}.localhost").get("/").text
            self.assertIn(has, page)
            self.assertNotIn(has_not, page)

    def test_the_last_one_is_sold_once(self):
        server = self.serve_project()
        alice = self.owner_of(server, "alice")
        self.add_product(alice, "Apples", stock=3)

        def buy(number):
            visitor = self.visitor(server, "alice.localhost")
            visitor.get("/")
            visitor.post("/buy/1/", customer=f"customer {number}")
            return visitor.get("/").text

        pages = harness.in_parallel(8, buy)
        self.assertEqual(sum("Apples is yours" in page for page in pages), 3)
        self.assertEqual(sum("Apples is sold out" in page for page in pages), 5)
        orders = alice.get("/admin/shop/order/").text
        self.assertIn("3 orders", orders)
        self.assertIn("0 left", alice.get("/").text)

    def test_in_a_browser(self):
        browser = self.browser()
        server = self.serve_project()
        browser.open(f"http://localhost:{server.port}/")
        browser.fill(name="carol")
        browser.find("button").click()
        browser.fill(new_password1="a long secret", new_password2="a long secret")
        browser.find("[type=submit]").click()
        self.assertIn("Site administration", browser.find("#content").text)
        self.assertEqual(browser.url, f"http://carol.localhost:{server.port}/admin/")
        browser.open(f"http://carol.localhost:{server.port}/admin/shop/product/add/")
        browser.fill(name="Cherries", price="3", stock="2")
        browser.find("[name=_save]").click()
        self.assertIn("was added successfully", browser.find(".messagelist").text)
        browser.open(f"http://carol.localhost:{server.port}/")
        browser.fill(customer="Dave")
        browser.find("li button").click()
        self.assertIn("Cherries is yours", browser.find("[role=status]").text)
        self.assertIn("1 left", browser.text)


if __name__ == "__main__":
    harness.main()
