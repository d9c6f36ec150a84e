// A socket that somebody else has bound.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/listen_socket.h"
#include "test_server.h"

namespace stead::test {
namespace {

class InheritedSocketTest : public ServerTest {
 protected:
  InheritedSocketTest() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    config.listen = "fd:" + std::to_string(socket_);
  }
  ~InheritedSocketTest() override { ::close(socket_); }

  void stop() {
    server.reset();
    node->stop(std::chrono::milliseconds(0));
    node.reset();
  }

  int socket_;
  std::uint16_t port_ = 0;
};

TEST_F(InheritedSocketTest, ServesOnEveryShard) {
  config.shards = 3;
  start();
  EXPECT_EQ(server->port(), port_);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(port_));
  for (int i = 1; i <= 30; ++i) EXPECT_EQ(ask(post("/room/a/add")).body, std::to_string(i));
  EXPECT_NE(::fcntl(socket_, F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(InheritedSocketTest, KeepsClientsWaitingOverARestart) {
  ASSERT_EQ(::listen(socket_, 16), 0);
  Client early(port_);
  early.send(get("/room/a/name"));
  start();
  EXPECT_EQ(early.read_reply().value_or(Reply{}).body, "a");
  stop();
  Client between(port_);
  between.send(get("/room/b/name"));
  start();
  EXPECT_EQ(between.read_reply().value_or(Reply{}).body, "b");
  EXPECT_EQ(ask(get("/room/c/name")).body, "c");
}

TEST_F(InheritedSocketTest, MustBeASocket) {
  const auto error = [&](const std::string& listen) -> std::string {
    config.listen = listen;
    try {
      start();
    } catch (const Error& caught) {
      node.reset();  // holds the data directory
      return caught.what();
    }
    return "no error";
  };
  const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_NE(error("fd:" + std::to_string(file)).find("Socket operation on non-socket"),
            std::string::npos);
  ::close(file);
  const int other = ::socket(AF_UNIX, SOCK_STREAM, 0);
  EXPECT_NE(error("fd:" + std::to_string(other)).find("it is no TCP socket"), std::string::npos);
  ::close(other);
  EXPECT_NE(error("fd:9999").find("Bad file descriptor"), std::string::npos);
  for (const auto* text : {"fd:", "fd:x", "fd:-1", "fd:3x", "fd:99999999999"}) {
    EXPECT_NE(error(text).find("is no inherited socket"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace stead::test
