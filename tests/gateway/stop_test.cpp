// Listening and stopping.
#include <thread>

#include "gateway/listen_socket.h"
#include "test_server.h"

namespace stead::test {
namespace {

using std::chrono::milliseconds;

class StopTest : public ServerTest {};

TEST_F(StopTest, RequestsInProgressFinish) {
  start();
  auto busy = connect();
  auto idle = connect();
  EXPECT_EQ(idle.ask(get("/healthz")).status, 200);
  busy.send(get("/room/a/slow") + get("/room/a/name"));
  std::this_thread::sleep_for(milliseconds(50));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(milliseconds(5'000));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(3'000));
  const auto reply = busy.read_reply();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->body, "slow");
  EXPECT_EQ(reply->header("Connection"), "close");
  EXPECT_EQ(busy.read_to_end(), "");
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST_F(StopTest, TheDeadlineCutsWhatIsLeft) {
  start();
  auto busy = connect();
  busy.send(get("/room/a/slow"));
  std::this_thread::sleep_for(milliseconds(50));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(milliseconds(50));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(250));
  EXPECT_FALSE(busy.read_reply());
  server.reset();
  std::this_thread::sleep_for(milliseconds(400));  // the answer comes when nobody is left
}

TEST_F(StopTest, StopsAtOnceWithNothingToDo) {
  start();
  const auto port = server->port();
  server->stop(milliseconds(10'000));
  server->stop(milliseconds(10'000));
  server.reset();
  const auto address = "127.0.0.1:" + std::to_string(port);
  EXPECT_EQ(claim_listen_address(node->loop(0), address).port(), port);
}

TEST_F(StopTest, PortInUseIsTold) {
  start();
  const auto address = "127.0.0.1:" + std::to_string(server->port());
  try {
    claim_listen_address(node->loop(0), address);
    FAIL() << "listens twice";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "cannot listen on " + address +
                                             ": address already in use; stop the other program "
                                             "or choose another address with --listen");
  }
}

TEST(ListenAddress, IsTakenApart) {
  using Address = std::pair<std::string, std::uint16_t>;
  EXPECT_EQ(parse_listen_address("127.0.0.1:80"), Address("127.0.0.1", 80));
  EXPECT_EQ(parse_listen_address("[::1]:8787"), Address("::1", 8787));
  EXPECT_EQ(parse_listen_address(":8787"), Address("", 8787));
  EXPECT_EQ(parse_listen_address("localhost:0"), Address("localhost", 0));
  for (const auto* text : {"", "80", "a:", "a:x", "a:70000", "::1:80", "a:-1", "a: 1", "[::1:80"}) {
    EXPECT_THROW(parse_listen_address(text), Error) << text;
  }
}

TEST_F(StopTest, ListensOnEveryAddress) {
  config.listen = ":0";
  start();
  EXPECT_EQ(ask(get("/healthz")).status, 200);
}

TEST_F(StopTest, UnknownHostsAndAddressesAreTold) {
  start();
  EXPECT_THROW(claim_listen_address(node->loop(0), "203.0.113.1:80"), Error);
  EXPECT_THROW(claim_listen_address(node->loop(0), "no.such.host.invalid:80"), Error);
}

}  // namespace
}  // namespace stead::test
