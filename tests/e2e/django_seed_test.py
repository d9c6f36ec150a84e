"""The project of the seed README: its endpoint, `stead manage`, its admin in a real browser."""

import json

import django_case
import harness

OBJECT = ("--object", "singleton_instance")


class SeedTest(django_case.DjangoCase):
    project_source = "examples/4_django/seed"

    def set_up_site(self, visitor):
        for path in ("/__run_migrations__/", "/__create_admin__/"):
            reply = visitor.get(path)
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(json.loads(reply.body)["status"], "success", reply)

    def notes(self, visitor):
        return json.loads(visitor.get("/").body)["notes"]

    def test_is_set_up_through_its_endpoints(self):
        server = self.serve_project()
        visitor = self.visitor(server)
        self.set_up_site(visitor)
        self.assertEqual(self.notes(visitor), [])
        # From now on they are a superuser's.
        for path in ("/__run_migrations__/", "/__create_admin__/"):
            self.assertEqual(visitor.get(path).status, 302)
        self.assertEqual(visitor.log_in("admin", "wrong").status, 200)
        self.assertEqual(visitor.log_in("admin", "password").status, 302)
        self.assertEqual(json.loads(visitor.get("/__run_migrations__/").body)["status"], "success")
        self.assertEqual(json.loads(visitor.get("/__create_admin__/").body)["status"], "info")
        self.check_static_files(server)
        self.stop(server)

    def test_is_set_up_by_commands(self):
        migrated = self.manage(*OBJECT, "migrate")
        self.assertEqual(migrated.returncode, 0, migrated.stderr + migrated.stdout)
        self.assertIn("Applying notes.0001_initial... OK", migrated.stdout)
        made = self.manage(*OBJECT, "createsuperuser", "--noinput", "--username=boss",
                           "--email=boss@example.com",
                           env={"DJANGO_SUPERUSER_PASSWORD": "a long secret"})  # fmt: skip
        self.assertEqual(made.returncode, 0, made.stderr + made.stdout)
        again = self.manage(*OBJECT, "migrate")
        self.assertIn("No migrations to apply", again.stdout)
        visitor = self.visitor(self.serve_project())
        self.assertEqual(visitor.log_in("boss", "a long secret").status, 302)
        self.assertIn("Site administration", visitor.get("/admin/").text)

    def test_admin_in_a_browser_and_over_a_crash(self):
        browser = self.browser()
        server = self.serve_project()
        visitor = self.visitor(server)
        self.set_up_site(visitor)
        site = f"http://127.0.0.1:{server.port}"

        browser.open(f"{site}/admin/")
        self.assertIn("/admin/login/?next=/admin/", browser.url)
        browser.fill(username="admin", password="password")
        browser.find("input[type=submit]").click()
        self.assertIn("Site administration", browser.find("#content").text)
        # The style sheet arrived and was applied.
        style = browser.run("return getComputedStyle(document.querySelector('#header')).display")
        self.assertEqual(style, "flex")

        for title in ("First", "Second"):
            browser.open(f"{site}/admin/notes/note/add/")
            browser.fill(title=title, text=f"{title} text: Zürich 東京")
            browser.find("[name=_save]").click()
            self.assertIn("was added successfully", browser.find(".messagelist").text)
        self.assertEqual([note["title"] for note in self.notes(visitor)], ["Second", "First"])

        browser.open(f"{site}/admin/notes/note/add/")
        browser.fill(title="First")
        browser.find("[name=_save]").click()
        self.assertIn("already exists", browser.find(".errorlist").text)

        browser.open(f"{site}/admin/notes/note/1/change/")
        browser.fill(title="First, edited")
        browser.find("[name=_save]").click()
        self.assertIn("was changed successfully", browser.find(".messagelist").text)
        browser.open(f"{site}/admin/notes/note/?q=edited")
        self.assertIn("1 result", browser.find("#changelist-search").text)

        browser.open(f"{site}/admin/notes/note/2/delete/")
        browser.find("#content [type=submit]").click()
        self.assertIn("was deleted successfully", browser.find(".messagelist").text)
        [note] = self.notes(visitor)
        self.assertEqual((note["id"], note["title"]), (1, "First, edited"))

        # The power fails; the session is in the database and so is everything else.
        server.kill()
        server = self.serve_project(server.port)
        self.assertEqual(self.notes(self.visitor(server)), [note])
        browser.open(f"{site}/admin/notes/note/")
        self.assertIn("First, edited", browser.find("#result_list").text)

        browser.find("#logout-form button").click()
        self.assertIn("Logged out", browser.find("#content").text)
        browser.open(f"{site}/admin/")
        self.assertIn("/admin/login/", browser.url)


if __name__ == "__main__":
    harness.main()
