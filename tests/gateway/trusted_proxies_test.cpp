#include "gateway/trusted_proxies.h"

#include "stream_app.h"

namespace stead::test {
namespace {

std::string client_of(std::string_view proxies, std::vector<std::string> forwarded) {
  auto request = Request::get("/");
  request.client_address = "the peer";
  for (auto& field : forwarded) request.headers.append("X-Forwarded-For", std::move(field));
  TrustedProxies(proxies).name_client(request);
  return request.client_address;
}

TEST(TrustedProxies, TheLastAddressThatIsNoProxyIsTheClient) {
  EXPECT_EQ(client_of("10.0.0.0/8", {}), "the peer");
  EXPECT_EQ(client_of("10.0.0.0/8", {"1.2.3.4"}), "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.0/8", {"6.6.6.6, 1.2.3.4"}), "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.0/8", {"6.6.6.6, 1.2.3.4, 10.1.1.1 , 10.2.2.2"}), "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.0/8", {"6.6.6.6", "1.2.3.4", "10.1.1.1"}), "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.0/8", {"10.1.1.1"}), "10.1.1.1");
  EXPECT_EQ(client_of("10.0.0.0/8", {"1.2.3.4, nonsense, 10.1.1.1"}), "10.1.1.1");
  EXPECT_EQ(client_of("10.0.0.0/8", {"nonsense"}), "the peer");
  EXPECT_EQ(client_of("10.0.0.0/8", {""}), "the peer");
}

TEST(TrustedProxies, AddressesComeInSeveralForms) {
  EXPECT_EQ(client_of("10.0.0.0/8", {"1.2.3.4:567"}), "1.2.3.4");
  EXPECT_EQ(client_of("10.0.0.0/8", {"2001:DB8:0::1"}), "2001:db8::1");
  EXPECT_EQ(client_of("10.0.0.0/8", {"[2001:db8::1]:567"}), "2001:db8::1");
  EXPECT_EQ(client_of("10.0.0.0/8", {"::ffff:1.2.3.4"}), "1.2.3.4");
}

TEST(TrustedProxies, NetworksAreCompared) {
  const auto includes = [](std::string_view list, std::string_view address) {
    // An address that is a proxy is passed by.
    return client_of(list, {"9.9.9.9, " + std::string(address)}) == "9.9.9.9";
  };
  EXPECT_TRUE(includes("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(includes("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(includes("1.1.1.1, 172.16.0.0/12", "172.31.255.255"));
  EXPECT_FALSE(includes("172.16.0.0/12", "172.32.0.0"));
  EXPECT_TRUE(includes("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(includes("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(includes("::/0", "8.8.8.8"));
  EXPECT_TRUE(includes("fd00::/8", "fdff::1"));
  EXPECT_FALSE(includes("fd00::/8", "fe00::1"));
  EXPECT_FALSE(includes("none", "127.0.0.1"));
}

TEST(TrustedProxies, MistakesAreTold) {
  for (const auto* list : {"", "x", "none, 127.0.0.1", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/-1",
                           "::1/129", "1.2.3.4,", "1.2.3.4/8x"}) {
    EXPECT_THROW(TrustedProxies{list}, TypeError) << list;
  }
}

TEST(TrustedProxies, TheProtocolIsTheLastOne) {
  const auto scheme_of = [](std::string_view protocol) {
    auto request = Request::get("/");
    request.headers.append("X-Forwarded-Proto", std::string(protocol));
    TrustedProxies("10.0.0.0/8").name_client(request);
    return request.scheme;
  };
  EXPECT_EQ(scheme_of("https"), "https");
  EXPECT_EQ(scheme_of("http, HTTPS"), "https");
  EXPECT_EQ(scheme_of("https, http"), "http");
  EXPECT_EQ(scheme_of("gopher"), "http");
}

class ClientAddressTest : public StreamServerTest {
 protected:
  std::string seen() const {
    return ask("GET /plain/a/client HTTP/1.1\r\nHost: shop.example:81\r\n"
               "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\n")
        .body;
  }
};

TEST_F(ClientAddressTest, IsThePeers) {
  start();
  EXPECT_EQ(seen(), "127.0.0.1 http shop.example:81");
}

TEST_F(ClientAddressTest, IsWhatATrustedProxySays) {
  config.http.trusted_proxies = "127.0.0.0/8";
  start();
  EXPECT_EQ(seen(), "1.2.3.4 https shop.example:81");
}

TEST_F(ClientAddressTest, OfADualSocketIsTheIpv4One) {
  config.listen = ":0";
  config.http.trusted_proxies = "127.0.0.1";
  start();
  EXPECT_EQ(seen(), "1.2.3.4 https shop.example:81");
}

}  // namespace
}  // namespace stead::test
