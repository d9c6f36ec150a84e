#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stead {

/// Sockets that listen while what serves them comes and goes: connections wait in them.
///
/// Thread: one. Owner: the command. Fails: the constructor throws `Error` with what to do.
class DevSockets final {
 public:
  /// Listens on `ip`, or with an empty one on 127.0.0.1 and, if the machine has it, ::1. Port 0
  /// takes a free one.
  DevSockets(const std::string& ip, std::uint16_t port);
  ~DevSockets();
  DevSockets(const DevSockets&) = delete;
  DevSockets& operator=(const DevSockets&) = delete;

  const std::vector<int>& descriptors() const { return descriptors_; }
  /// For `listen` of the configuration: "fd:3,4".
  std::string inherited() const;
  /// "127.0.0.1:8787"
  std::string address() const;

 private:
  std::vector<int> descriptors_;
  std::string ip_;
  std::uint16_t port_ = 0;
};

}  // namespace stead
