#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stead {

/// What the deployment gives to the application: the variables of the configuration's `[vars]`.
///
/// Thread: any (immutable). Lifetime: the node's.
class Env {
 public:
  using Vars = std::map<std::string, std::string, std::less<>>;
  explicit Env(const Vars& vars) : vars_(vars) {}

  std::optional<std::string> var(std::string_view name) const {
    const auto found = vars_.find(name);
    return found == vars_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  const Vars& vars_;
};

}  // namespace stead
