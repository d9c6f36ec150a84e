#include "cli/project/dev_command.h"

#include <charconv>
#include <filesystem>

#include "cli/project/dev_sockets.h"
#include "cli/project/dev_supervisor.h"
#include "cli/project/open_project.h"
#include "cli/text.h"
#include "gateway/listen_socket.h"

namespace stead {

namespace {

constexpr std::uint16_t usual_port = 8787;

struct Address {
  std::string ip;
  std::uint16_t port = usual_port;
};

std::uint16_t parse_port(const std::string& text) {
  std::uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
    throw Error(ErrorCode::type, "--port: expected a number from 0 to 65535, not \"" + text + "\"");
  }
  return port;
}

/// Flags beat the project's `[dev]`, which beats the usual.
Address address_of(const CommandLine& line, const OpenProject& open) {
  const auto& flags = line.project;
  const auto& project = open.project;
  Address address{.ip = project.dev_ip, .port = project.dev_port.value_or(usual_port)};
  if (open.config.listen != Config{}.listen) {
    const auto [host, port] = parse_listen_address(open.config.listen);
    address = {host.empty() ? "0.0.0.0" : host, port};
  }
  if (!flags.ip.empty()) address.ip = flags.ip;
  if (!flags.port.empty()) address.port = parse_port(flags.port);
  return address;
}

void tell_ignored(const ProjectLine& line) {
  std::string names;
  for (const auto& name : line.ignored) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) print_error("note: ignored, as it means nothing here: " + names);
}

}  // namespace

int run_dev(const CommandLine& line) {
  try {
    tell_ignored(line.project);
    const auto open = open_project(line, {.dev = true});
    const auto address = address_of(line, open);
    const DevSockets sockets(address.ip, address.port);
    std::printf("stead: listening on http://%s, loading %s\n", sockets.address().c_str(),
                escape_control(open.project.name).c_str());
    std::fflush(stdout);
    return DevSupervisor(line, sockets).run();
  } catch (const std::exception& error) {
    print_error(error.what());
    return 1;
  }
}

}  // namespace stead
