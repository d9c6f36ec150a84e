"""Projects served by `stead serve`."""

import os
import subprocess

import harness
import project_files


class ServeProject(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.project = os.path.join(self.folder, "project")

    def make(self, configuration=""):
        return project_files.make_project(self.project, configuration)

    def configure(self, more):
        text = project_files.CONFIGURATION + more
        project_files.write(self.project, {"wrangler.toml": text})

    def serve_project(self, *arguments, **options):
        return self.serve("stead", self.project, *arguments, **options)

    def refusal(self, *arguments):
        """What `serve` says instead of serving."""
        ended = harness.run("stead", "serve", self.project, "--listen", "127.0.0.1:0", "--data",
                            self.data, *arguments)
        self.assertEqual(ended.returncode, 1, ended)
        return ended.stderr

    def test_serves_objects_worker_variables_and_files(self):
        self.make()
        server = self.serve_project()
        self.assertEqual(server.get("/red").text, "red: 0")
        self.assertEqual(server.post("/red").text, "red: 1")
        self.assertEqual(server.post("/red").text, "red: 2")
        self.assertEqual(server.get("/blue").text, "blue: 0")
        self.assertEqual(server.get("/greeting").text, "hello")
        self.assertEqual(server.get("/a.txt").text, "static file\n")
        self.stop(server)

    def test_routes_of_objects_pass_the_worker(self):
        route = """
    [[routes]]
    pattern = "/{colour}/in/{place}"
    class_name = "Room"
    object = "{place}-{colour}"
"""
        self.make()
        self.configure(route)
        server = self.serve_project()
        self.assertEqual(server.post("/red/in/oslo").text, "oslo-red: 1")
        self.assertEqual(server.post("/oslo-red").text, "oslo-red: 2")
        self.assertEqual(server.get("/greeting").text, "hello")
        self.stop(server)
        self.configure(route.replace("Room", "Hall"))
        self.assertIn("the route /{colour}/in/{place} needs the class Hall, which", self.refusal())
        self.configure(route.replace("{colour}/", "{colour/"))
        self.assertIn("/{colour/in/{place}", self.refusal())

    def test_keeps_what_was_acknowledged_over_a_crash(self):
        self.make()
        server = self.serve_project()
        server.post("/red")
        server.kill()
        self.assertEqual(self.serve_project().get("/red").text, "red: 1")

    def test_settings_and_variables_beat_the_projects(self):
        self.make()
        server = self.serve_project(env={"STEAD_VAR_GREETING": "hi"})
        self.assertEqual(server.get("/greeting").text, "hi")

    def test_settings_stand_beside_the_project(self):
        self.make()
        project_files.write(self.project, {"stead.toml": "[python]\nmode = 'fast'\n"})
        self.assertIn('stead.toml:2: python.mode: expected mended, vendored or native, not "fast"',
                      self.refusal())

    def test_serves_the_project_of_the_current_folder(self):
        self.make()
        self.data = os.path.join(self.project, "objects")
        self.assertEqual(self.serve("stead").get("/greeting").text, "hello")

    def test_builds_first_and_hides_what_is_for_builds(self):
        self.make("build.command = 'python -c \"print(1)\" > static/built.txt; "
                  "echo $WORKERS_CI >> static/built.txt'\n")
        server = self.serve_project(env={"WORKERS_CI": "7", "CLOUDFLARE_API_TOKEN": "secret"})
        self.assertEqual(server.get("/built.txt").text, "1\n7\n")
        environment = server.get("/environment").text.split()
        self.assertIn("PATH", environment)
        self.assertNotIn("WORKERS_CI", environment)
        self.assertNotIn("CLOUDFLARE_API_TOKEN", environment)

    def test_a_build_that_fails_serves_nothing(self):
        self.make("build.command = 'echo broken; exit 3'\n")
        said = self.refusal()
        self.assertIn("broken\n", said)
        self.assertIn("the build command failed with status 3, so nothing is served", said)

    def test_code_that_does_not_load_is_told_with_its_traceback(self):
        self.make()
        project_files.write(self.project, {"src/worker.py": "import os\nraise ValueError('odd')\n"})
        said = self.refusal()
        self.assertIn("worker.py\", line 2", said)
        self.assertIn("ValueError: odd", said)

    def test_a_class_that_the_code_has_not_is_told(self):
        self.make()
        project_files.write(self.project, {"src/worker.py": "from workers import DurableObject\n"
                                           "class Rooms(DurableObject): pass\n"})
        self.assertRegex(self.refusal(), r"wrangler.toml:\d+: the binding ROOMS needs the class "
                         r"Room, which .*worker.py does not have \(it has: Rooms\)")

    def test_a_class_that_no_migration_creates_is_told(self):
        self.make()
        path = os.path.join(self.project, "wrangler.toml")
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text[:text.index("[[migrations]]")])
        self.assertIn("needs the class Room, which no migration creates", self.refusal())

    def test_a_virtual_environment_of_another_python_is_refused_if_named(self):
        self.make()
        project_files.write(self.project, {"other/pyvenv.cfg": "", "other/bin/python": ""})
        self.assertIn("is of another Python than", self.refusal("--set", "python.venv=other"))
        self.assertIn("is no virtual environment", self.refusal("--set", "python.venv=none"))

    def test_uses_the_packages_of_a_virtual_environment(self):
        self.make()
        venv = os.path.join(self.project, ".venv")
        subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", venv], check=True)
        packages, = [os.path.join(folder, name) for folder, names, _ in os.walk(venv)
                     for name in names if name == "site-packages"][:1]
        project_files.write(packages, {"only_here.py": "TEXT = 'from the environment'\n"})
        project_files.write(self.project, {
            "src/worker.py": "import only_here\n"
                             + project_files.worker_version("{only_here.TEXT}").replace(
                                 'Response("{only', 'Response(f"{only')})
        self.assertEqual(self.serve_project().get("/version").text, "from the environment")

    def test_no_project_is_told(self):
        os.makedirs(self.project)
        self.assertIn("there is no project in", self.refusal())


if __name__ == "__main__":
    harness.main()
