#include "cli/settings.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <vector>

#include "cli/setting_values.h"
#include "gateway/trusted_proxies.h"

namespace stead {

namespace {

using Kind = Setting::Kind;

constexpr std::size_t max_shards = 1'024;
constexpr std::string_view vars_prefix = "vars.";
constexpr std::string_view durability_prefix = "durability.";

// `field` is a function from a configuration to the field, so that one line of the table is enough.

template <auto field>
constexpr Setting text(std::string_view name, std::string_view doc) {
  return {name, Kind::text, doc,
          [](Config& config, std::string_view value) -> Result<void> {
            if (value.empty()) return Error(ErrorCode::type, "expected a text that is not empty");
            field(config) = std::string(value);
            return {};
          },
          [](const Config& config) -> std::string { return field(config); }};
}

template <auto field, std::size_t max = std::numeric_limits<std::uint32_t>::max()>
constexpr Setting count(std::string_view name, std::string_view doc) {
  return {name, Kind::count, doc,
          [](Config& config, std::string_view value) -> Result<void> {
            const auto number = parse_count(value, max);
            if (!number) return number.error();
            auto& target = field(config);
            target = static_cast<std::remove_reference_t<decltype(target)>>(number.value());
            return {};
          },
          [](const Config& config) { return std::to_string(field(config)); }};
}

template <auto field>
constexpr Setting bytes(std::string_view name, std::string_view doc) {
  return {name, Kind::bytes, doc,
          [](Config& config, std::string_view value) -> Result<void> {
            const auto number = parse_bytes(value);
            if (!number) return number.error();
            field(config) = number.value();
            return {};
          },
          [](const Config& config) { return format_bytes(field(config)); }};
}

template <auto field>
constexpr Setting duration(std::string_view name, std::string_view doc) {
  return {name, Kind::duration, doc,
          [](Config& config, std::string_view value) -> Result<void> {
            const auto time = parse_duration(value);
            if (!time) return time.error();
            field(config) = time.value();
            return {};
          },
          [](const Config& config) { return format_duration(field(config)); }};
}

/// A duration, or 0.
template <auto field>
constexpr Setting duration_or_none(std::string_view name, std::string_view doc) {
  auto setting = duration<field>(name, doc);
  setting.set = [](Config& config, std::string_view value) -> Result<void> {
    const auto time = value == "0" ? Result(std::chrono::milliseconds(0)) : parse_duration(value);
    if (!time) return Error(ErrorCode::type, "expected \"0\", or a duration, as \"24h\"");
    field(config) = time.value();
    return {};
  };
  setting.show = [](const Config& config) -> std::string {
    return field(config).count() == 0 ? "0" : format_duration(field(config));
  };
  return setting;
}

constexpr Setting log_level() {
  auto setting = text<[](auto& c) -> auto& { return c.log_level; }>(
      "log_level", "What is logged on stderr: `debug`, `info`, `warning` or `error`.");
  setting.set = [](Config& config, std::string_view value) -> Result<void> {
    if (value != "debug" && value != "info" && value != "warning" && value != "error") {
      return Error(ErrorCode::type, "expected debug, info, warning or error");
    }
    config.log_level = std::string(value);
    return {};
  };
  return setting;
}

constexpr Setting python_mode() {
  auto setting = text<[](auto& c) -> auto& { return c.python.mode; }>(
      "python.mode",
      "What becomes of a project's own django_cf: `mended` (its known defects), `vendored` (as it "
      "is) or `native` (replaced by Stead's).");
  setting.set = [](Config& config, std::string_view value) -> Result<void> {
    if (value != "mended" && value != "vendored" && value != "native") {
      return Error(ErrorCode::type, "expected mended, vendored or native");
    }
    config.python.mode = std::string(value);
    return {};
  };
  return setting;
}

constexpr Setting trusted_proxies() {
  auto setting = text<[](auto& c) -> auto& { return c.http.trusted_proxies; }>(
      "http.trusted_proxies",
      "Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` tell who the client is: `none`, or "
      "addresses and networks, as `127.0.0.1, 10.0.0.0/8`.");
  setting.set = [](Config& config, std::string_view value) -> Result<void> {
    try {
      const TrustedProxies checked(value);
    } catch (const TypeError& error) {
      return error;
    }
    config.http.trusted_proxies = std::string(value);
    return {};
  };
  return setting;
}

constexpr auto table = std::to_array<Setting>({
    text<[](auto& c) -> auto& { return c.listen; }>(
        "listen",
        "Address and port to serve on; port 0 takes a free one. `fd:N` is an inherited "
        "socket."),
    text<[](auto& c) -> auto& { return c.data; }>(
        "data", "Folder of the databases and keys. Created if its parent exists."),
    count<[](auto& c) -> auto& { return c.shards; }, max_shards>(
        "shards", "Event loops, a thread each; 0 means one for each processor."),
    count<[](auto& c) -> auto& { return c.blocking_shards; }, max_shards>(
        "blocking_shards", "The same for objects whose code may block, such as Python's."),
    log_level(),
    duration<[](auto& c) -> auto& { return c.stop_timeout; }>(
        "stop_timeout", "How long a stop waits for requests in progress."),
    count<[](auto& c) -> auto& { return c.object.queued_calls; }>(
        "object.queued_calls", "Calls that may wait for one object; more get 503."),
    bytes<[](auto& c) -> auto& { return c.object.queued_bytes; }>("object.queued_bytes",
                                                                  "Bytes of those calls."),
    duration<[](auto& c) -> auto& { return c.object.queue_age; }>(
        "object.queue_age", "How long the oldest of them may have waited."),
    duration<[](auto& c) -> auto& { return c.object.idle_timeout; }>(
        "object.idle_timeout", "An object with nothing to do leaves memory after this time."),
    duration<[](auto& c) -> auto& { return c.object.critical_section; }>(
        "object.critical_section", "How long `block_concurrency_while` may take."),
    bytes<[](auto& c) -> auto& { return c.object.page_memory; }>(
        "object.page_memory",
        "Memory for pages that an object wrote and that are not in its file yet."),
    count<[](auto& c) -> auto& { return c.node.queued_calls; }>(
        "node.queued_calls", "Calls that may wait on the whole node."),
    bytes<[](auto& c) -> auto& { return c.node.queued_bytes; }>("node.queued_bytes",
                                                                "Bytes of those calls."),
    bytes<[](auto& c) -> auto& { return c.node.page_memory; }>(
        "node.page_memory", "The same memory, of all objects together."),
    bytes<[](auto& c) -> auto& { return c.journal.segment_bytes; }>("journal.segment_bytes",
                                                                    "Size of a journal's file."),
    count<[](auto& c) -> auto& { return c.journal.segments; }>(
        "journal.segments", "With more files than this, objects are asked for what keeps them."),
    duration_or_none<[](auto& c) -> auto& { return c.history.keep; }>(
        "history.keep", "How far back an object can be taken; `0` keeps no history."),
    bytes<[](auto& c) -> auto& { return c.history.bytes; }>(
        "history.bytes", "The most that history may take on disk; the oldest goes first."),
    bytes<[](auto& c) -> auto& { return c.http.header_bytes; }>(
        "http.header_bytes", "The longest request header; longer ones get 431."),
    bytes<[](auto& c) -> auto& { return c.http.body_bytes; }>(
        "http.body_bytes", "The longest request body; longer ones get 413."),
    count<[](auto& c) -> auto& { return c.http.connections; }>(
        "http.connections", "Connections served at the same time."),
    duration<[](auto& c) -> auto& { return c.http.header_timeout; }>(
        "http.header_timeout", "From a request's first byte to the end of its header; then 408."),
    duration<[](auto& c) -> auto& { return c.http.body_timeout; }>(
        "http.body_timeout",
        "From the end of the header to the end of the body; then 408. Of a streamed body: how long "
        "its next bytes may take."),
    duration<[](auto& c) -> auto& { return c.http.idle_timeout; }>(
        "http.idle_timeout", "How long a connection may rest between two requests."),
    duration<[](auto& c) -> auto& { return c.http.write_timeout; }>(
        "http.write_timeout",
        "How long a client may take to read a response, or a chunk of one that is streamed."),
    trusted_proxies(),
    python_mode(),
    text<[](auto& c) -> auto& { return c.python.venv; }>(
        "python.venv",
        "Folder of a virtual environment, from the project's folder, or a Python program. `auto` "
        "takes `VIRTUAL_ENV`, `.venv` or `venv` if there is one; `system` none."),
    count<[](auto& c) -> auto& { return c.blocking_shards; }, max_shards>(
        "python.threads", "Another name of `blocking_shards`: events of Python run on so many."),
    duration_or_none<[](auto& c) -> auto& { return c.python.cpu_limit; }>(
        "python.cpu_limit",
        "Processor time of one event of Python, until it returns or waits; `0` sets no bound."),
    duration_or_none<[](auto& c) -> auto& { return c.python.wall_limit; }>(
        "python.wall_limit", "The same by the clock on the wall."),
});

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string_view last_word(std::string_view name) {
  return name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1);
}

Result<void> set_durability(Config& config, std::string_view name, std::string_view value) {
  const bool none = value == "none";
  if (!none && value != "journal") {
    return Error(ErrorCode::type, std::string(name) + ": expected journal or none, not \"" +
                                      std::string(value) + "\"");
  }
  config.durability[std::string(name.substr(durability_prefix.size()))] =
      none ? Durability::none : Durability::journal;
  return {};
}

}  // namespace

std::span<const Setting> settings() { return table; }

const Setting* find_setting(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Setting::name);
  return found == table.end() ? nullptr : &*found;
}

std::optional<std::string> closest(std::string_view word, std::span<const std::string> candidates) {
  std::optional<std::string> best;
  auto least = std::max<std::size_t>(2, word.size() / 4) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

std::string unknown_setting(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& setting : table) names.emplace_back(setting.name);
  auto meant = closest(name, names);
  for (const auto& setting : table) {
    // The right word in the wrong table.
    if (!meant && last_word(setting.name) == last_word(name)) meant = std::string(setting.name);
  }
  std::string text = "unknown key \"" + std::string(name) + "\"";
  text += meant ? "; did you mean \"" + *meant + "\"?" : "; docs/configuration.md lists all";
  return text;
}

Result<void> set_setting(Config& config, std::string_view name, std::string_view value) {
  if (name.starts_with(vars_prefix) && name.size() > vars_prefix.size()) {
    config.vars[std::string(name.substr(vars_prefix.size()))] = std::string(value);
    return {};
  }
  if (name.starts_with(durability_prefix) && name.size() > durability_prefix.size()) {
    return set_durability(config, name, value);
  }
  const auto* setting = find_setting(name);
  if (setting == nullptr) return Error(ErrorCode::type, unknown_setting(name));
  if (const auto done = setting->set(config, value); !done) {
    return Error(ErrorCode::type, std::string(name) + ": " + done.error().what() + ", not \"" +
                                      std::string(value) + "\"");
  }
  return {};
}

std::string environment_name(const Setting& setting) {
  std::string name = "STEAD_";
  for (const char c : setting.name) {
    name.push_back(c == '.' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c));
  }
  return name;
}

}  // namespace stead
