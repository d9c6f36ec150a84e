#include "gateway/request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>
#include <optional>

namespace stead {

namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
// Boost's own string_view; the parser's functions are overridden with it.
using Text = boost::beast::string_view;

/// More is reserved only once it has arrived: a promise of bytes costs a client nothing.
constexpr std::size_t most_reserved = 64 << 10;
/// A chunk's head or the trailers; the parser sees them only when they are whole.
constexpr std::size_t most_unparsed = 16 << 10;

/// Beast's grammar, with our own idea of where the parts go.
class Parser final : public http::basic_parser<true> {
 public:
  explicit Parser(Request& request) : request_(request) {}

  bool http10 = false;
  unsigned hosts = 0;
  unsigned transfer_encodings = 0;

 private:
  void on_request_impl(http::verb, Text method, Text target, int version, error_code&) override {
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
    http10 = version == 10;
  }
  void on_field_impl(http::field name, Text text, Text value, error_code&) override {
    if (is_header_done()) return;  // a trailer must not pass for a header
    hosts += name == http::field::host;
    transfer_encodings += name == http::field::transfer_encoding;
    request_.headers.append({text.data(), text.size()}, {value.data(), value.size()});
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& size, error_code&) override {
    if (size) request_.body.reserve(std::min<std::uint64_t>(*size, most_reserved));
  }
  std::size_t on_body_impl(Text body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, error_code&) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }
  void on_response_impl(int, Text, int, error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_finish_impl(error_code&) override {}

  Request& request_;
};

}  // namespace

struct RequestReader::Impl {
  explicit Impl(const HttpLimits& given) : limits(given) { restart(); }

  void restart() {
    request = Request{.method = {}, .target = {}};
    parser.emplace(request);
    parser->header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(limits.header_bytes, std::numeric_limits<std::uint32_t>::max())));
    parser->body_limit(static_cast<std::uint64_t>(limits.body_bytes));
    header_bytes = 0;
    header_told = false;
    authority.reset();
  }

  Progress fail(int status, std::string_view code, std::string message) {
    failure = {status, code, std::move(message)};
    return Progress::failed;
  }
  Progress malformed(std::string message) {
    return fail(400, "bad_request", "the request is malformed: " + std::move(message));
  }
  Progress fail(const error_code& error);
  Progress finish_header();
  bool split_absolute_target();

  const HttpLimits& limits;
  Request request;
  std::optional<Parser> parser;
  std::size_t header_bytes = 0;
  bool header_told = false;
  /// Of a target in absolute form.
  std::optional<std::string> authority;
  Failure failure;
};

RequestReader::Progress RequestReader::Impl::fail(const error_code& error) {
  if (error == http::error::header_limit) {
    return fail(
        431, "header_too_large",
        "the request's header is longer than " + std::to_string(limits.header_bytes) + " bytes");
  }
  if (error == http::error::body_limit) {
    return fail(
        413, "body_too_large",
        "the request's body is longer than " + std::to_string(limits.body_bytes) + " bytes");
  }
  return malformed(error.message());
}

/// "http://host/path" means the path on that host, whatever `Host` says (RFC 9112, 3.2.2).
bool RequestReader::Impl::split_absolute_target() {
  const std::string_view target = request.target;
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos || scheme > 5) return false;
  const auto rest = target.substr(scheme + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  auto host = rest.substr(0, end);
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  if (host.empty()) return false;
  std::string path(rest.substr(end));
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  authority = std::string(host);
  request.target = std::move(path);
  request.headers.set("Host", *authority);
  return true;
}

RequestReader::Progress RequestReader::Impl::finish_header() {
  header_told = true;
  if (parser->hosts > 1) return malformed("it has more than one Host header");
  if (parser->hosts == 0 && !parser->http10) return malformed("it has no Host header");
  if (parser->transfer_encodings > 0) {
    const bool plain = parser->transfer_encodings == 1 && !parser->http10 &&
                       equal_ignoring_case(*request.header("Transfer-Encoding"), "chunked");
    if (!plain) return malformed("the only transfer encoding that is understood is \"chunked\"");
  }
  const bool whole_server = request.method == "OPTIONS" && request.target == "*";
  if (!request.target.starts_with('/') && !whole_server && !split_absolute_target()) {
    return malformed("its target is no path");
  }
  return Progress::header;
}

RequestReader::RequestReader(const HttpLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::feed(std::string_view data, std::size_t& used) {
  auto& parser = *impl_->parser;
  used = 0;
  if (!impl_->header_told) {
    // Empty lines in front of a request are to be ignored (RFC 9112, 2.2).
    if (!parser.got_some()) {
      while (used < data.size() && (data[used] == '\r' || data[used] == '\n')) ++used;
      if (used == data.size()) return Progress::more;
    }
    error_code error;
    const auto taken = parser.put({data.data() + used, data.size() - used}, error);
    used += taken;
    impl_->header_bytes += taken;
    // The parser forgets the fields that it has taken, so it cannot keep the limit by itself.
    const auto waiting = parser.is_header_done() ? 0 : data.size() - used;
    if (impl_->header_bytes + waiting > impl_->limits.header_bytes) {
      error = http::error::header_limit;
    }
    if (error == http::error::need_more) return Progress::more;
    if (error) return impl_->fail(error);
    return parser.is_header_done() ? impl_->finish_header() : Progress::more;
  }
  while (!parser.is_done()) {
    error_code error;
    used += parser.put({data.data() + used, data.size() - used}, error);
    if (error && error != http::error::need_more) return impl_->fail(error);
    if (parser.is_done()) break;
    if (error || used == data.size()) {
      if (data.size() - used > most_unparsed) {
        return impl_->malformed("a chunk's head or the trailers are too long");
      }
      return Progress::more;
    }
  }
  return Progress::complete;
}

void RequestReader::reset() { impl_->restart(); }

const RequestReader::Failure& RequestReader::failure() const { return impl_->failure; }
Request& RequestReader::request() { return impl_->request; }

std::string_view RequestReader::host() const {
  if (impl_->authority) return *impl_->authority;
  return impl_->request.header("Host").value_or(std::string_view());
}

bool RequestReader::http10() const { return impl_->parser->http10; }
bool RequestReader::keep_alive() const { return impl_->parser->keep_alive(); }

bool RequestReader::expects_continue() const {
  const auto expect = impl_->request.header("Expect");
  return expect && !http10() && equal_ignoring_case(*expect, "100-continue");
}

bool RequestReader::chunked() const { return impl_->parser->chunked(); }

std::size_t RequestReader::body_remaining() const {
  if (!impl_->header_told || impl_->parser->is_done()) return 0;
  return static_cast<std::size_t>(impl_->parser->content_length_remaining().value_or(0));
}

}  // namespace stead
