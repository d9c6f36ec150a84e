#!/usr/bin/env python3
"""Each rule of tools/tidy.py: that it fires, and that it does not where it should not."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
sys.dont_write_bytecode = True
import coroutine_shapes  # noqa: E402
import cpp_text  # noqa: E402
import tidy  # noqa: E402


class TidyTest(unittest.TestCase):
    def findings(self, files: dict[str, str]) -> list[tidy.Finding]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return tidy.check(Path(folder))

    def assert_fires(self, rule: str, files: dict[str, str], line: int | None = None):
        found = [finding for finding in self.findings(files) if finding.rule == rule]
        self.assertTrue(found, f"{rule} did not fire")
        if line is not None:
            self.assertIn(line, [finding.line for finding in found])

    def assert_quiet(self, rule: str, files: dict[str, str]):
        found = [str(finding) for finding in self.findings(files) if finding.rule == rule]
        self.assertEqual(found, [])


def header(body: str) -> str:
    return "#pragma once\n" + body


class Includes(TidyTest):
    def test_a_layer_may_not_look_up(self):
        self.assert_fires("layer", {"base/a.h": header('#include "storage/b.h"\n')}, line=2)
        self.assert_fires("layer", {"storage/a.cpp": '#include "runtime/b.h"\n'})
        self.assert_fires("layer", {"gateway/a.cpp": '#include "storage/b.h"\n'})
        self.assert_fires("layer", {"runtime/a.cpp": '#include "tests/support/b.h"\n'})

    def test_a_layer_may_look_down_and_at_itself(self):
        self.assert_quiet("layer", {"actors/a.h": '#include "storage/b.h"\n#include "actors/c.h"'})
        self.assert_quiet("layer", {"cli/a.cpp": '#include "storage/b.h"\n#include "gateway/c.h"'})
        self.assert_quiet("layer", {"base/a.cpp": '// #include "storage/b.h"\n#include <vector>\n'})

    def test_libraries_stay_in_their_layers(self):
        for path, name in [
            ("runtime/a.cpp", "caf/all.hpp"),
            ("runtime/a.h", "boost/asio/post.hpp"),
            ("gateway/a.h", "boost/beast/http.hpp"),
            ("actors/a.cpp", "boost/beast/core.hpp"),
            ("storage/a.h", "sqlite3.h"),
            ("runtime/a.cpp", "sqlite3.h"),
            ("runtime/a.h", "nlohmann/json.hpp"),
            ("storage/a.h", "nlohmann/json_fwd.hpp"),
            ("runtime/a.h", "openssl/evp.h"),
        ]:
            with self.subTest(path=path, name=name):
                self.assert_fires("library", {path: f"#include <{name}>\n"})

    def test_libraries_are_free_in_their_layers(self):
        for path, name in [
            ("actors/a.h", "caf/all.hpp"),
            ("actors/a.cpp", "boost/asio/post.hpp"),
            ("gateway/a.cpp", "boost/beast/http.hpp"),
            ("gateway/internal/a.h", "boost/beast/http.hpp"),
            ("tests/gateway/a_test.cpp", "boost/beast/http.hpp"),
            ("storage/a.cpp", "sqlite3.h"),
            ("runtime/json.h", "nlohmann/json.hpp"),
            ("runtime/a.cpp", "nlohmann/json.hpp"),
            ("runtime/a.h", "nlohmann/json_fwd.hpp"),
            ("runtime/a.cpp", "openssl/evp.h"),
            ("runtime/a.cpp", "boost/container/small_vector.hpp"),
        ]:
            with self.subTest(path=path, name=name):
                self.assert_quiet("library", {path: f"#include <{name}>\n"})

    def test_beast_sources_are_counted_through_headers(self):
        files = {f"gateway/{n}.cpp": '#include "gateway/internal/beast.h"\n' for n in "abcd"}
        files["gateway/internal/beast.h"] = header("#include <boost/beast/http.hpp>\n")
        self.assert_quiet("beast-sources", files)
        self.assert_fires("beast-sources", files | {"gateway/e.cpp": "#include <boost/beast.hpp>"})


class Sizes(TidyTest):
    def test_files(self):
        self.assert_fires("file-size", {"base/a.h": header("\n" * 300)})
        self.assert_quiet("file-size", {"base/a.h": header("\n" * 299)})
        self.assert_fires("file-size", {"base/a.cpp": "\n" * 601})
        self.assert_quiet("file-size", {"base/a.cpp": "\n" * 600})

    def function(self, lines: int, statement: str = "  run();\n") -> str:
        return "void f() {\n" + statement * (lines - 2) + "}\n"

    def test_functions(self):
        self.assert_fires("function-size", {"base/a.cpp": self.function(71)}, line=1)
        self.assert_quiet("function-size", {"base/a.cpp": self.function(70)})
        self.assert_quiet("function-size", {"tests/base/a_test.cpp": self.function(71)})

    def test_functions_inside_namespaces_and_classes(self):
        inside = "namespace a {\nclass B : C<int> {\n public:\n%s};\n}\n"
        self.assert_fires("function-size", {"base/a.cpp": inside % self.function(71)}, line=4)
        self.assert_quiet("function-size", {"base/a.cpp": inside % (self.function(50) * 3)})

    def test_lambdas_belong_to_their_function(self):
        text = "void f() {\n  run([&] {\n" + "    go();\n" * 68 + "  });\n}\n"
        self.assert_fires("function-size", {"base/a.cpp": text}, line=1)

    def test_constructors_with_braces_in_their_initialisers(self):
        text = "A::A(int a) : a_{a}, b_(a) {\n" + "  run();\n" * 70 + "}\n"
        self.assert_fires("function-size", {"base/a.cpp": text}, line=1)

    def test_coroutines(self):
        waits = "  co_await run();\n"
        self.assert_fires("coroutine-size", {"runtime/a.cpp": self.function(31, waits)}, line=1)
        self.assert_quiet("coroutine-size", {"runtime/a.cpp": self.function(30, waits)})
        self.assert_quiet("coroutine-size", {"runtime/a.cpp": self.function(31, "  // co_await\n")})

    def test_columns(self):
        self.assert_fires("columns", {"base/a.cpp": "int a = " + "1 + " * 30 + "1;\n"})
        self.assert_quiet("columns", {"base/a.cpp": "x" * 100 + "\n"})
        self.assert_quiet("columns", {"base/a.cpp": 'auto a = "' + "x" * 100 + '";\n'})
        self.assert_quiet("columns", {"base/a.cpp": 'auto a = R"(\n' + "x " * 60 + '\n)";\n'})
        self.assert_quiet("columns", {"base/a.cpp": "// https://" + "x" * 100 + "\n"})
        self.assert_fires("columns", {"base/a.cpp": "// " + "words " * 20 + "\n"})


BAD_SHAPES = [
    "if (co_await f()) co_return a;",
    "if (auto ok = co_await f(); !ok) co_return a;",
    "if constexpr (x) { if (a && co_await f()) { co_return a; } }",
    "switch (co_await f()) { case 1: co_return a; }",
    "while (co_await f()) { g(); }",
    "auto a = c ? co_await f() : b;",
    "co_return co_await f() ? a : b;",
    "auto a = co_await f(c ? a + x : b + y);",
    "auto a = co_await f({.a = s, .b = t});",
    "auto a = co_await f(1, {s, t});",
    "auto a = co_await f(Options{.a = s});",
    "co_await f([s] { return s; });",
    "co_await f([=] { return s; });",
    "co_await f([&, s = std::move(s)]() -> Task<void> { co_return; });",
    "auto a = Pair{co_await f(), co_await g()};",
    "call({co_await f(), co_await g()});",
    "EXPECT_EQ(co_await f(), 1);",
    "for (auto x : list) { if (x) co_await f({s}); }",
]

GOOD_SHAPES = [
    "auto ok = co_await f(); if (!ok) co_return a;",
    "auto t = f({.a = s}); co_return co_await t;",
    "co_await f([&] { return Foo{s, t}; });",
    "co_await f([&]() -> Task<void> { auto g = [s] { return c ? s : t; }; co_return; });",
    "co_await f([this, &s] { return s; });",
    "if (x == Foo{1}) co_await f();",
    "for (auto x : {1, 2, 3}) co_await f(x);",
    "for (auto x = c ? 1 : 2; x < 3; ++x) { co_await f(x); }",
    "auto [a, b] = co_await f();",
    "auto& [a, b] = co_await f();",
    "co_await f(list[i], matrix[i][j]);",
    "co_return co_await a + co_await b;",
    "try { co_await f(); } catch (...) { g({1}); throw; }",
    'co_await f("if (co_await ?) {");',
    "// if (co_await f())\nco_await f();",
    "Value value{}; co_await f(); return_({value});",
    "if constexpr (std::is_void_v<T>) { co_await t; } else { value = co_await t; }",
    "auto a = co_await f(); auto b = c ? a : Foo{1};",
    "co_await f<&Counter::add>(-5);",
]


class Coroutines(TidyTest):
    def test_bad_shapes(self):
        for shape in BAD_SHAPES:
            with self.subTest(shape):
                self.assertTrue(coroutine_shapes.find("Task<A> h() {\n  " + shape + "\n}\n"))

    def test_good_shapes(self):
        for shape in GOOD_SHAPES:
            with self.subTest(shape):
                self.assertEqual(coroutine_shapes.find("Task<A> h() {\n  " + shape + "\n}\n"), [])

    def test_inside_a_named_lambda(self):
        bad = "void h() { auto f = [&]() -> Task<int> { if (co_await g()) co_return 1; }; }"
        good = "void h() { run([s]() -> Task<int> { auto a = co_await g(); co_return a; }, {1}); }"
        self.assertTrue(coroutine_shapes.find(bad))
        self.assertEqual(coroutine_shapes.find(good), [])

    def test_sources_and_docs(self):
        bad = "Task<A> h() {\n  if (co_await f()) co_return 1;\n}\n"
        self.assert_fires("coroutine", {"runtime/a.cpp": bad}, line=2)
        page = "# Page\n\n```cpp\nint a;\n" + bad + "```\n"
        self.assert_fires("coroutine", {"docs/a.md": page}, line=6)
        self.assert_fires("coroutine", {"README.md": "```cpp\nif (co_await f()) g();\n```"}, 2)
        self.assert_quiet("coroutine", {"docs/a.md": "`if (co_await f())` is wrong\n"})


class Code(TidyTest):
    def test_pragma_once(self):
        self.assert_fires("pragma-once", {"base/a.h": "#include <vector>\n"})
        self.assert_quiet("pragma-once", {"base/a.h": "#pragma once\n"})

    def test_using_namespace(self):
        self.assert_fires("using-namespace", {"base/a.h": header("using namespace std;\n")}, line=2)
        self.assert_quiet("using-namespace", {"base/a.h": header("// using namespace std;\n")})
        self.assert_quiet("using-namespace", {"base/a.cpp": "using namespace std;\n"})

    def test_catch_all(self):
        text = "void f() {\n  try {\n    g();\n  } catch (...) {\n    %s\n  }\n}\n"
        for body in ["", "result = 1;", "// throw", "return;"]:
            with self.subTest(body):
                self.assert_fires("catch-all", {"base/a.cpp": text % body}, line=4)
        for body in ["throw;", "keep(std::current_exception());", "log(current_error());"]:
            with self.subTest(body):
                self.assert_quiet("catch-all", {"base/a.cpp": text % body})
        named = (text % "").replace("...", "const Error&")
        self.assert_quiet("catch-all", {"base/a.cpp": named})


class Words(TidyTest):
    def test_markers(self):
        for marker in ["TODO", "FIXME", "XXX", "HACK"]:
            with self.subTest(marker):
                self.assert_fires("marker", {"base/a.cpp": f"\n// {marker}: later\n"}, line=2)
        self.assert_quiet("marker", {"run": "mktemp /tmp/a.XXXXXX\n", "docs/todo.md": "todo list"})

    def test_machine_names(self):
        for name in ["/work/main", "http://deb.debian.org/x", "registry.npmjs.org"]:
            with self.subTest(name):
                self.assert_fires("machine-name", {"docs/a.md": name + "\n"}, line=1)
        self.assert_quiet("machine-name", {"docs/a.md": "docs/work/a and a framework/b\n"})


class Build(TidyTest):
    def test_sources_that_no_list_names(self):
        self.assert_fires("not-built", {"base/a.cpp": "", "base/CMakeLists.txt": "x(other_a.cpp)"})
        self.assert_fires("not-built", {"base/a.cpp": "", "base/CMakeLists.txt": "# a.cpp\n"})
        self.assert_fires("not-built", {"tests/base/a_test.cpp": ""})
        self.assert_fires("not-built", {"bench/x/a.cpp": "", "bench/CMakeLists.txt": "x(a.cpp)\n"})
        self.assert_fires("not-built", {"examples/1_a/main.cpp": ""})

    def test_sources_that_are_named(self):
        self.assert_quiet("not-built", {"base/a.cpp": "", "base/CMakeLists.txt": "x(a.cpp)"})
        self.assert_quiet(
            "not-built", {"tests/base/a_test.cpp": "", "tests/CMakeLists.txt": "x(base/a_test.cpp)"}
        )
        self.assert_quiet(
            "not-built",
            {
                "examples/1_a/main.cpp": "",
                "examples/CMakeLists.txt": "add_executable(x ${folder}/main.cpp)\nexample(a 1_a)\n",
            },
        )
        self.assert_quiet("not-built", {"tests/support/a.h": header("")})


SOURCE = "#include <a>\n\n// doc: part\n  int a;\n  int b;\n// doc: end\nint c;\n"


class Docs(TidyTest):
    def page(self, source: str, text: str) -> str:
        return f"# Page\n\n<!-- from: {source} -->\n```cpp\n{text}```\n"

    def test_a_whole_file(self):
        whole = SOURCE.replace("// doc: part\n", "").replace("// doc: end\n", "")
        files = {"examples/a.h": SOURCE, "docs/p.md": self.page("examples/a.h", whole)}
        self.assert_quiet("quote", files)
        files["docs/p.md"] = self.page("examples/a.h", whole.replace("int c", "int d"))
        self.assert_fires("quote", files, line=4)

    def test_a_region(self):
        files = {"examples/a.h": SOURCE}
        page = self.page("examples/a.h#part", "int a;\nint b;\n")
        self.assert_quiet("quote", files | {"README.md": page})
        page = self.page("examples/a.h#part", "int a;\n")
        self.assert_fires("quote", files | {"README.md": page}, line=4)

    def test_what_does_not_exist(self):
        self.assert_fires("quote", {"README.md": self.page("examples/a.h", "")})
        self.assert_fires("quote", {"a.h": SOURCE, "README.md": self.page("a.h#x", "")})
        self.assert_quiet("quote", {"README.md": "```cpp\nint a;\n```\n"})

    def test_copying(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "a.h").write_text(SOURCE)
            page = self.page("a.h#part", "") + self.page("a.h#part", "int old;\n") + "end\n"
            Path(folder, "README.md").write_text(page)
            tidy.copy_quotes(tidy.Tree(Path(folder)))
            filled = self.page("a.h#part", "int a;\nint b;\n")
            self.assertEqual(Path(folder, "README.md").read_text(), filled * 2 + "end\n")


class Text(unittest.TestCase):
    def test_blank_keeps_every_position(self):
        text = 'f("a\\"b{", \'{\', 1\'000, R"x(")}{)x"); // {\n/* {\n */ g();\n'
        code = cpp_text.blank(text)
        self.assertEqual(len(code), len(text))
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)

    def test_outermost_functions(self):
        text = (
            "namespace a {\nint b = f();\nauto c = [] { return 1; }();\nenum class E { x };\n"
            "template <class T>\n  requires C<T>\nT f(T t) {\n  if (t) { g(); }\n  return t;\n}\n"
            "bool operator==(const A& a, const B& b) { return true; }\n"
            "A::~A() { stop(); }\n}\n"
        )
        code = cpp_text.blank(text)
        found = [code[start : start + 8] for start, _ in cpp_text.functions(code)]
        self.assertEqual(found, ["template", "bool ope", "A::~A() "])


if __name__ == "__main__":
    unittest.main()
