#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stead {

/// A listen address taken apart: "127.0.0.1:8787", "[::1]:8787", "localhost:8787", or ":8787" for
/// every address. ("fd:3" is none: see `inherited_sockets`.) Throws `Error` if it is none of these.
std::pair<std::string, std::uint16_t> parse_listen_address(std::string_view text);

/// Finds out what the address means, and that no other program listens there. (Sockets of one user
/// with SO_REUSEPORT share a port without a word, so the real ones could not tell.)
/// Throws `Error` with what to do.
boost::asio::ip::tcp::endpoint claim_listen_address(boost::asio::io_context& loop,
                                                    const std::string& text);

/// The numbers of "fd:3" or "fd:3,4", sockets that the program was started with; none for any other
/// text. Throws `Error` if it is neither.
std::vector<int> inherited_sockets(std::string_view text);

/// Listens on such a socket, which is bound already. It is shared: what is accepted by one is not
/// seen by the others, and connections wait in it while nobody accepts. The socket itself stays
/// open. Throws `Error` if it is no TCP socket; `text` is for the message.
boost::asio::ip::tcp::acceptor listen_on_inherited(boost::asio::io_context& loop, int socket,
                                                   const std::string& text);

/// One of several sockets that listen on one endpoint. Throws `Error`; `text` is for the message.
boost::asio::ip::tcp::acceptor listen_on(boost::asio::io_context& loop,
                                         const boost::asio::ip::tcp::endpoint& endpoint,
                                         const std::string& text);

}  // namespace stead
