#include "gateway/error_page.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/memory_log.h"

namespace stead {
namespace {

class FakeCall final : public Call {
 public:
  using Call::Call;
  std::size_t bytes() const override { return 0; }
  std::string describe() const override { return "fetch GET /x"; }
  void start(DurableObject&) override {}
  bool done() const override { return true; }
  void listen(TaskListener&) override {}
  void finish() override {}
  void cancel() override {}
  void settle(Instance&) override {}
  void return_to_caller(std::unique_ptr<Call>) override {}
};

class ErrorPagesTest : public ::testing::Test {
 protected:
  ErrorPagesTest() : of_{info(), NamespaceKey({})} {}

  static const ClassInfo& info() {
    static const ClassInfo counter = [] {
      ClassInfo made;
      made.name = "Counter";
      return made;
    }();
    return counter;
  }
  nlohmann::json failure(const Error& error, std::optional<std::string> name = "alice") {
    const FakeCall call(ObjectAddress{&of_, {}, std::move(name)});
    response_ = pages_.failure(error, call);
    EXPECT_EQ(response_.headers.get("Content-Type"), "application/json");
    return nlohmann::json::parse(response_.body).at("error");
  }

  test::MemoryLog log_;
  ErrorPages pages_{Environment::system().random, log_};
  Class of_;
  Response response_;
};

TEST_F(ErrorPagesTest, HidesWhatTheApplicationThrew) {
  for (const auto code : {ErrorCode::exception, ErrorCode::type, ErrorCode::range, ErrorCode::sql,
                          ErrorCode::unknown_class}) {
    const auto page = failure(Error(code, "secret\nno such table: users"));
    EXPECT_EQ(response_.status, 500);
    EXPECT_EQ(page.at("code"), "exception");
    EXPECT_EQ(page.at("object"), "Counter(alice)");
    EXPECT_EQ(response_.body.find("secret"), std::string::npos);
    const auto reference = page.at("reference").get<std::string>();
    EXPECT_EQ(reference.size(), 16U);
    EXPECT_TRUE(log_.contains("reference " + reference + ": Counter(alice): fetch GET /x: " +
                              std::string(to_string(code)) + ": secret\\x0ano such table"))
        << log_.text();
  }
}

TEST_F(ErrorPagesTest, HidesFaultsOfStorage) {
  EXPECT_EQ(failure(StorageError("/data/x: I/O error")).at("code"), "storage_error");
  EXPECT_EQ(failure(ResetError("secret")).at("code"), "object_reset");
  EXPECT_EQ(failure(Error(ErrorCode::internal, "secret")).at("code"), "internal_error");
  EXPECT_EQ(response_.status, 500);
  EXPECT_EQ(response_.body.find("secret"), std::string::npos);
}

TEST_F(ErrorPagesTest, AuthorsChooseStatusAndText) {
  const auto page = failure(HttpError(418, "short and \"stout\""));
  EXPECT_EQ(response_.status, 418);
  EXPECT_EQ(page.at("message"), "short and \"stout\"");
  EXPECT_FALSE(page.contains("reference"));
  failure(HttpError(200, "no error"));
  EXPECT_EQ(response_.status, 500);
}

TEST_F(ErrorPagesTest, OverloadSaysWhenToComeAgain) {
  const auto page = failure(OverloadedError("too many calls are queued"));
  EXPECT_EQ(response_.status, 503);
  EXPECT_EQ(response_.headers.get("Retry-After"), "1");
  EXPECT_EQ(page.at("code"), "overloaded");
  EXPECT_EQ(page.at("message"), "too many calls are queued");
  OverloadedError elsewhere("Counter(bob): too many calls");
  elsewhere.set_remote(true);
  failure(elsewhere);
  EXPECT_EQ(response_.body.find("bob"), std::string::npos);
  failure(Error(ErrorCode::shutting_down, "x"));
  EXPECT_EQ(response_.status, 503);
  EXPECT_TRUE(response_.headers.has("Retry-After"));
}

TEST_F(ErrorPagesTest, NeverTellsTheIdOfAName) {
  EXPECT_FALSE(failure(HttpError(400, "x"), std::string(2'000, 'n')).contains("object"));
  EXPECT_EQ(failure(HttpError(400, "x"), std::nullopt).at("object"),
            "Counter(" + std::string(64, '0') + ")");
}

TEST_F(ErrorPagesTest, TellsRefusals) {
  const auto response = ErrorPages::refusal({405, "method_not_allowed", "only GET", "GET, HEAD"});
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD");
  EXPECT_EQ(ErrorPages::plain(503, "x", "y").headers.get("Retry-After"), "1");
  const auto broken = ErrorPages::plain(400, "x", "\xff");
  EXPECT_TRUE(nlohmann::json::accept(broken.body));
}

}  // namespace
}  // namespace stead
