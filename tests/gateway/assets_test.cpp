// Static files as a client sees them.
#include <fcntl.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "gateway/asset_folder.h"
#include "gateway/http_date.h"
#include "runtime/durable_object.h"
#include "test_server.h"

namespace stead::test {
namespace {

namespace fs = std::filesystem;
using Html = AssetsSpec::HtmlHandling;

class AssetsTest : public ServerTest {
 protected:
  AssetsTest() {
    spec.directory = (directory / "static").string();
    fs::create_directories(spec.directory);
    app.fetch([](Request request, Worker&) -> Task<Response> {
      return Response::text("application " + request.method + " " + request.target);
    });
  }

  void write(const std::string& name, std::string_view text) {
    const auto path = fs::path(spec.directory) / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  void set_time(const std::string& name, std::int64_t seconds) {
    const timespec times[2] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (spec.directory + "/" + name).c_str(), times, 0), 0);
  }
  void serve() {
    app.assets(spec);
    start();
  }
  Reply get_with(std::string_view target, std::string_view headers, bool no_body = false) {
    return connect().ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n" +
                             std::string(headers) + "\r\n\r\n",
                         no_body);
  }
  std::string body(std::string_view target) { return ask(get(target)).body; }
  /// "200 text", "307 /elsewhere".
  std::string outcome(std::string_view target) {
    const auto reply = ask(get(target));
    return std::to_string(reply.status) + " " +
           (reply.status == 307 ? reply.header("Location") : reply.body);
  }

  AssetsSpec spec;
};

TEST_F(AssetsTest, ComeBeforeTheApplication) {
  write("css/a.css", "body {}");
  write("room/x/name", "a file");
  serve();
  const auto reply = ask(get("/css/a.css?v=1"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "body {}");
  EXPECT_EQ(reply.header("Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(reply.header("Cache-Control"), "public, max-age=0, must-revalidate");
  EXPECT_EQ(reply.header("Accept-Ranges"), "bytes");
  EXPECT_FALSE(reply.headers.has("Vary"));
  EXPECT_EQ(body("/room/x/name"), "a file");
  EXPECT_EQ(body("/room/y/name"), "y");
  EXPECT_EQ(body("/css/b.css"), "application GET /css/b.css");
  EXPECT_EQ(body("/css/"), "application GET /css/");
  EXPECT_EQ(body("/css"), "application GET /css");
  EXPECT_EQ(body("/"), "application GET /");
  EXPECT_EQ(ask(post("/css/a.css", "x")).body, "application POST /css/a.css");
  EXPECT_EQ(body("/healthz"), "ok\n");
}

TEST_F(AssetsTest, HeadHasTheSameHeader) {
  write("a.txt", "hello");
  write("big", std::string(AssetFolder::most_kept_of_file + 1, 'x'));
  serve();
  auto client = connect();
  const auto reply = client.ask("HEAD /a.txt HTTP/1.1\r\nHost: h\r\n\r\n", true);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("Content-Length"), "5");
  EXPECT_EQ(reply.header("ETag"), ask(get("/a.txt")).header("ETag"));
  const auto big = client.ask("HEAD /big HTTP/1.1\r\nHost: h\r\nRange: bytes=0-1\r\n\r\n", true);
  EXPECT_EQ(big.status, 200);
  EXPECT_EQ(big.header("Content-Length"), std::to_string(AssetFolder::most_kept_of_file + 1));
  EXPECT_EQ(client.ask(get("/a.txt")).body, "hello");
}

TEST_F(AssetsTest, AnswersConditionsWithoutABody) {
  write("a.txt", "hello");
  set_time("a.txt", 1'700'000'000);
  serve();
  const auto first = ask(get("/a.txt"));
  const auto tag = first.header("ETag");
  EXPECT_EQ(first.header("Last-Modified"), "Tue, 14 Nov 2023 22:13:20 GMT");
  const auto status = [&](const std::string& headers) {
    return get_with("/a.txt", headers).status;
  };
  EXPECT_EQ(status("If-None-Match: " + tag), 304);
  EXPECT_EQ(status("If-None-Match: \"other\", W/" + tag), 304);
  EXPECT_EQ(status("If-None-Match: *"), 304);
  EXPECT_EQ(status("If-None-Match: \"other\""), 200);
  EXPECT_EQ(status("If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"), 304);
  EXPECT_EQ(status("If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT"), 200);
  EXPECT_EQ(status("If-Modified-Since: yesterday"), 200);
  EXPECT_EQ(status("If-None-Match: \"other\"\r\nIf-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT"),
            200);
  const auto unchanged = get_with("/a.txt", "If-None-Match: " + tag);
  EXPECT_EQ(unchanged.header("ETag"), tag);
  EXPECT_EQ(unchanged.body, "");
  EXPECT_FALSE(unchanged.headers.has("Content-Length"));
}

TEST_F(AssetsTest, SeesChangesAtOnce) {
  write("a.txt", "one");
  serve();
  auto client = connect();
  const auto first = client.ask(get("/a.txt"));
  EXPECT_EQ(first.body, "one");
  write("a.txt", "two");
  set_time("a.txt", 1'700'000'000);
  const auto second = client.ask(get("/a.txt"));
  EXPECT_EQ(second.body, "two");
  EXPECT_NE(second.header("ETag"), first.header("ETag"));
  fs::remove(directory / "static/a.txt");
  EXPECT_EQ(client.ask(get("/a.txt")).body, "application GET /a.txt");
  write("a.txt", "three");
  EXPECT_EQ(client.ask(get("/a.txt")).body, "three");
}

TEST_F(AssetsTest, SendsParts) {
  write("a.txt", "0123456789");
  write("empty", "");
  std::string large(1 << 20, 'x');
  large.replace(700'000, 5, "hello");
  write("large.bin", large);
  serve();
  const auto part = get_with("/a.txt", "Range: bytes=2-4");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(part.header("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(get_with("/a.txt", "Range: bytes=7-").body, "789");
  EXPECT_EQ(get_with("/a.txt", "Range: bytes=-3").body, "789");
  EXPECT_EQ(get_with("/a.txt", "Range: bytes=5-99").header("Content-Range"), "bytes 5-9/10");
  EXPECT_EQ(get_with("/large.bin", "Range: bytes=700000-700004").body, "hello");
  EXPECT_EQ(ask(get("/large.bin")).body, large);
  const auto beyond = get_with("/a.txt", "Range: bytes=10-");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.header("Content-Range"), "bytes */10");
  EXPECT_EQ(get_with("/empty", "Range: bytes=0-").status, 416);
  for (const auto* whole : {"bytes=0-1,3-4", "bytes=4-2", "bytes=x-", "bytes", "lines=1-2"}) {
    const auto reply = get_with("/a.txt", "Range: " + std::string(whole));
    EXPECT_EQ(reply.status, 200) << whole;
    EXPECT_EQ(reply.body, "0123456789") << whole;
  }
}

TEST_F(AssetsTest, SendsLargeFilesPieceByPiece) {
  std::string large;
  while (large.size() < (24U << 20)) large += std::to_string(large.size()) + "\n";
  write("large.bin", large);
  config.http.write_timeout = std::chrono::milliseconds(500);
  serve();
  auto slow = connect();
  slow.send(get("/large.bin") + get("/room/a/name"));
  auto gone = connect();
  gone.send(get("/large.bin"));
  gone.reset();
  auto client = connect();
  EXPECT_EQ(client.ask(get("/large.bin")).body, large);
  EXPECT_EQ(client.ask(get("/room/a/name")).body, "a");
  const auto from = std::to_string(large.size() - (20U << 20));
  client.send("GET /large.bin HTTP/1.0\r\nRange: bytes=" + from + "-\r\n\r\n");
  EXPECT_EQ(client.read_reply().value_or(Reply{}).body, large.substr(large.size() - (20U << 20)));
  EXPECT_EQ(client.read_to_end(), "");
  // One that reads nothing for a while is cut off; what it had is a part only.
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  EXPECT_FALSE(slow.read_reply());
}

TEST_F(AssetsTest, ShortensAFileThatShrinksByClosing) {
  write("large.bin", std::string(24 << 20, 'x'));
  serve();
  auto client = connect();
  client.send(get("/large.bin"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  fs::resize_file(directory / "static/large.bin", 10);
  EXPECT_FALSE(client.read_reply());
  EXPECT_EQ(ask(get("/large.bin")).body, "xxxxxxxxxx");
}

TEST_F(AssetsTest, SendsPartsOnlyOfWhatTheClientHas) {
  write("a.txt", "0123456789");
  set_time("a.txt", 1'700'000'000);
  serve();
  const auto tag = ask(get("/a.txt")).header("ETag");
  const auto status = [&](const std::string& condition) {
    return get_with("/a.txt", "Range: bytes=0-0\r\nIf-Range: " + condition).status;
  };
  EXPECT_EQ(status(tag), 206);
  EXPECT_EQ(status("Tue, 14 Nov 2023 22:13:20 GMT"), 206);
  EXPECT_EQ(status("W/" + tag), 200);
  EXPECT_EQ(status("\"other\""), 200);
  EXPECT_EQ(status("Tue, 14 Nov 2023 22:13:21 GMT"), 200);
}

TEST_F(AssetsTest, ChoosesACompressedVariant) {
  write("a.js", "plain");
  write("a.js.br", "brotli");
  write("a.js.gz", "gzip");
  write("b.js", "plain");
  write("b.js.gz", "stale");
  set_time("b.js.gz", 1'000'000'000);
  serve();
  const auto with = [&](const std::string& encoding) {
    return get_with("/a.js", "Accept-Encoding: " + encoding);
  };
  const auto best = with("gzip, deflate, br");
  EXPECT_EQ(best.body, "brotli");
  EXPECT_EQ(best.header("Content-Encoding"), "br");
  EXPECT_EQ(best.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(best.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(with("gzip").body, "gzip");
  EXPECT_EQ(with("gzip;q=0.9, br;q=0.5").body, "gzip");
  EXPECT_EQ(with("*").body, "brotli");
  EXPECT_EQ(with("*, br;q=0").body, "gzip");
  EXPECT_EQ(with("br;q=0, gzip; q=0").body, "plain");
  EXPECT_EQ(with("deflate").header("Vary"), "Accept-Encoding");
  EXPECT_NE(with("gzip").header("ETag"), with("br").header("ETag"));
  EXPECT_EQ(
      get_with("/a.js", "Accept-Encoding: br\r\nIf-None-Match: " + best.header("ETag")).status,
      304);
  const auto part = get_with("/a.js", "Accept-Encoding: br\r\nRange: bytes=0-1");
  EXPECT_EQ(part.body, "pl");
  EXPECT_FALSE(part.headers.has("Content-Encoding"));
  const auto stale = get_with("/b.js", "Accept-Encoding: gzip");
  EXPECT_EQ(stale.body, "plain");
  EXPECT_FALSE(stale.headers.has("Vary"));
}

TEST_F(AssetsTest, NamesWithAHashNeverChange) {
  write("base.0123456789ab.css", "x");
  write("base.0123456789az.css", "x");
  serve();
  EXPECT_EQ(ask(get("/base.0123456789ab.css")).header("Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(ask(get("/base.0123456789az.css")).header("Cache-Control"),
            "public, max-age=0, must-revalidate");
}

TEST_F(AssetsTest, NeverLeaveTheFolder) {
  write("a.txt", "inside");
  write(".hidden", "secret");
  write(".git/config", "secret");
  write(".well-known/security.txt", "public");
  write("_headers", "/*\n");
  write("sub/b.txt", "b");
  std::ofstream(directory / "secret.txt") << "secret";
  fs::create_symlink(directory / "secret.txt", fs::path(spec.directory) / "link.txt");
  fs::create_symlink("../secret.txt", fs::path(spec.directory) / "relative.txt");
  fs::create_symlink("..", fs::path(spec.directory) / "up");
  fs::create_symlink("a.txt", fs::path(spec.directory) / "good.txt");
  ASSERT_EQ(::mkfifo((spec.directory + "/fifo").c_str(), 0600), 0);
  serve();
  for (const std::string path : {"/../secret.txt",
                                 "/sub/../../secret.txt",
                                 "/%2e%2e/secret.txt",
                                 "/.%2e/secret.txt",
                                 "/sub/%2e%2e/%2E%2E/secret.txt",
                                 "/..%2fsecret.txt",
                                 "/%2e%2e%5csecret.txt",
                                 "/..\\secret.txt",
                                 "/sub%2fb.txt",
                                 "//a.txt",
                                 "/sub//b.txt",
                                 "/./a.txt",
                                 "/a.txt%00",
                                 "/a.txt%00.png",
                                 "/%",
                                 "/a.txt%zz",
                                 "/.hidden",
                                 "/.git/config",
                                 "/%2ehidden",
                                 "/link.txt",
                                 "/relative.txt",
                                 "/up/secret.txt",
                                 "/fifo",
                                 "/_headers",
                                 "/a.txt/",
                                 "/sub"}) {
    const auto reply = ask(get(path));
    EXPECT_EQ(reply.body, "application GET " + path);
  }
  EXPECT_EQ(ask(get("/" + std::string(2'000, 'a'))).status, 200);
  EXPECT_EQ(body("/good.txt"), "inside");
  EXPECT_EQ(body("/.well-known/security.txt"), "public");
}

TEST_F(AssetsTest, ServesNamesOfEveryKind) {
  write("\xc3\xa4 b.txt", "umlaut");
  write("50%.txt", "percent");
  serve();
  EXPECT_EQ(body("/%C3%A4%20b.txt"), "umlaut");
  EXPECT_EQ(body("/50%25.txt"), "percent");
}

TEST_F(AssetsTest, FollowsAFolderThatIsALink) {
  fs::create_directories(directory / "one");
  fs::create_directories(directory / "two");
  std::ofstream(directory / "one/a.txt") << "one";
  std::ofstream(directory / "two/a.txt") << "two!";
  fs::remove(directory / "static");
  fs::create_directory_symlink(directory / "one", directory / "static");
  serve();
  auto client = connect();
  EXPECT_EQ(client.ask(get("/a.txt")).body, "one");
  fs::remove(directory / "static");
  fs::create_directory_symlink(directory / "two", directory / "static");
  EXPECT_EQ(client.ask(get("/a.txt")).body, "two!");
}

TEST_F(AssetsTest, NeedTheirFolder) {
  spec.directory = (directory / "nowhere").string();
  try {
    serve();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("nowhere does not exist"), std::string::npos);
  }
}

class PagesTest : public AssetsTest {
 protected:
  void serve_pages(Html handling) {
    spec.html_handling = handling;
    write("index.html", "home");
    write("page.html", "page");
    write("docs/index.html", "docs");
    write("docs/a b.html", "a b");
    write("both.html", "both page");
    write("both/index.html", "both folder");
    write("plain", "plain file");
    write("plain.html", "plain page");
    serve();
  }
};

TEST_F(PagesTest, AutoTrailingSlash) {
  serve_pages(Html::auto_trailing_slash);
  EXPECT_EQ(outcome("/"), "200 home");
  EXPECT_EQ(ask(get("/")).header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(outcome("/index.html"), "307 /");
  EXPECT_EQ(outcome("/index"), "307 /");
  EXPECT_EQ(outcome("/page"), "200 page");
  EXPECT_EQ(outcome("/page.html?x=1&y"), "307 /page?x=1&y");
  EXPECT_EQ(outcome("/page/"), "307 /page");
  EXPECT_EQ(outcome("/docs/"), "200 docs");
  EXPECT_EQ(outcome("/docs"), "307 /docs/");
  EXPECT_EQ(outcome("/docs/index.html"), "307 /docs/");
  EXPECT_EQ(outcome("/docs/index"), "307 /docs/");
  EXPECT_EQ(outcome("/docs/a%20b.html"), "307 /docs/a%20b");
  EXPECT_EQ(outcome("/docs/a%20b"), "200 a b");
  EXPECT_EQ(outcome("/both"), "200 both page");
  EXPECT_EQ(outcome("/both/"), "200 both folder");
  EXPECT_EQ(outcome("/plain"), "200 plain file");
  EXPECT_EQ(outcome("/plain.html"), "200 plain page");
  EXPECT_EQ(outcome("/nowhere/"), "200 application GET /nowhere/");
}

TEST_F(PagesTest, ForceTrailingSlash) {
  serve_pages(Html::force_trailing_slash);
  EXPECT_EQ(outcome("/"), "200 home");
  EXPECT_EQ(outcome("/page"), "307 /page/");
  EXPECT_EQ(outcome("/page/"), "200 page");
  EXPECT_EQ(outcome("/page.html"), "307 /page/");
  EXPECT_EQ(outcome("/docs"), "307 /docs/");
  EXPECT_EQ(outcome("/docs/"), "200 docs");
  EXPECT_EQ(outcome("/docs/index.html"), "307 /docs/");
}

TEST_F(PagesTest, DropTrailingSlash) {
  serve_pages(Html::drop_trailing_slash);
  EXPECT_EQ(outcome("/"), "200 home");
  EXPECT_EQ(outcome("/index.html"), "307 /");
  EXPECT_EQ(outcome("/page"), "200 page");
  EXPECT_EQ(outcome("/page/"), "307 /page");
  EXPECT_EQ(outcome("/docs"), "200 docs");
  EXPECT_EQ(outcome("/docs/"), "307 /docs");
  EXPECT_EQ(outcome("/docs/index.html"), "307 /docs");
}

TEST_F(PagesTest, None) {
  serve_pages(Html::none);
  EXPECT_EQ(outcome("/page.html"), "200 page");
  EXPECT_EQ(outcome("/index.html"), "200 home");
  EXPECT_EQ(outcome("/page"), "200 application GET /page");
  EXPECT_EQ(outcome("/"), "200 application GET /");
  EXPECT_EQ(outcome("/docs/"), "200 application GET /docs/");
}

TEST_F(AssetsTest, MayLeaveSomePathsToTheApplication) {
  write("api/a.txt", "file");
  write("api/docs/a.txt", "docs");
  write("b.txt", "b");
  spec.application_first = {"/api/*", "!/api/docs/*"};
  serve();
  EXPECT_EQ(body("/api/a.txt"), "application GET /api/a.txt");
  EXPECT_EQ(body("/api/docs/a.txt"), "docs");
  EXPECT_EQ(body("/b.txt"), "b");
}

TEST_F(AssetsTest, MayBeSomeFilesOnly) {
  write("img/a.png", "png");
  write("img/a.psd", "psd");
  write("notes.txt", "notes");
  spec.include = {"img/*"};
  spec.exclude = {"*.psd"};
  serve();
  EXPECT_EQ(body("/img/a.png"), "png");
  EXPECT_EQ(body("/img/a.psd"), "application GET /img/a.psd");
  EXPECT_EQ(body("/notes.txt"), "application GET /notes.txt");
}

TEST_F(AssetsTest, AnswerNavigationsInPlaceOfTheApplication) {
  write("index.html", "shell");
  spec.not_found = AssetsSpec::NotFound::single_page_application;
  spec.not_found_for_navigation = true;
  spec.application_first = {"/api/*"};
  serve();
  EXPECT_EQ(get_with("/deep/link", "Sec-Fetch-Mode: navigate").body, "shell");
  EXPECT_EQ(get_with("/deep/link", "Sec-Fetch-Mode: cors").body, "application GET /deep/link");
  EXPECT_EQ(get_with("/api/x", "Sec-Fetch-Mode: navigate").body, "application GET /api/x");
}

/// A program without a worker: what no route takes is not there.
class NotFoundTest : public ServerTest {
 protected:
  NotFoundTest() {
    spec.directory = (directory / "static").string();
    fs::create_directories(directory / "static/docs");
    std::ofstream(directory / "static/index.html") << "home";
    std::ofstream(directory / "static/404.html") << "missing";
    std::ofstream(directory / "static/docs/404.html") << "no such page";
  }
  AssetsSpec spec;
};

TEST_F(NotFoundTest, ShowsTheNearestPage) {
  spec.not_found = AssetsSpec::NotFound::page_404;
  app.assets(spec);
  start();
  const auto reply = ask(get("/nowhere"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "missing");
  EXPECT_EQ(reply.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(ask(get("/docs/x/y")).body, "no such page");
  EXPECT_EQ(ask(get("/docs/")).body, "no such page");
  EXPECT_EQ(ask(get("/../x")).body, "missing");
  EXPECT_EQ(ask(get("/room/a/name")).body, "a");
  EXPECT_EQ(ask(post("/nowhere")).header("Content-Type"), "application/json");
  EXPECT_EQ(ask("DELETE /limited/x HTTP/1.1\r\nHost: h\r\n\r\n").status, 405);
}

TEST_F(NotFoundTest, ShowsTheOnlyPage) {
  spec.not_found = AssetsSpec::NotFound::single_page_application;
  app.assets(spec);
  start();
  EXPECT_EQ(ask(get("/deep/link")).status, 200);
  EXPECT_EQ(ask(get("/deep/link")).body, "home");
}

TEST_F(NotFoundTest, IsPlainOtherwise) {
  app.assets(spec);
  start();
  EXPECT_EQ(ask(get("/nowhere")).header("Content-Type"), "application/json");
}

TEST(AssetFolder, KeepsABoundedAmount) {
  const TemporaryDirectory directory;
  const auto& path = directory.path();
  constexpr auto size = static_cast<std::size_t>(AssetFolder::most_kept_of_file);
  constexpr auto count = AssetFolder::most_kept / AssetFolder::most_kept_of_file + 5;
  for (int i = 0; i < count; ++i) {
    std::ofstream(path + "/" + std::to_string(i)) << std::string(size, static_cast<char>('a' + i));
  }
  AssetFolder folder(path);
  const auto first = folder.find("0");
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < count; ++i) {
      const auto file = folder.find(std::to_string(i));
      ASSERT_TRUE(file);
      EXPECT_EQ(file->read(1, 2), std::string(2, static_cast<char>('a' + i)));
    }
  }
  EXPECT_NE(folder.find("0"), first);
  EXPECT_EQ(folder.find("1"), folder.find("1"));
}

}  // namespace
}  // namespace stead::test
