#include "cli/project/manage_node.h"

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>
#include <tuple>

#include "actors/directory.h"
#include "runtime/incoming_call.h"

namespace stead {

namespace {

constexpr const char* manage = "$manage";
constexpr std::size_t page_size = 1'000;
constexpr std::chrono::milliseconds stop_time{10'000};

ManageOutcome parse_outcome(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("code") || !json.contains("output")) return {1, text};
  return {json["code"].get<int>(), json["output"].get<std::string>()};
}

class ManageCall final : public IncomingMethod {
 public:
  ManageCall(ObjectAddress target, std::unique_ptr<nlohmann::json> arguments, std::size_t bytes,
             std::function<void(ManageOutcome)> done)
      : IncomingMethod(std::move(target), manage, std::move(arguments), bytes),
        done_(std::move(done)) {}

  void return_to_caller(std::unique_ptr<Call>) override {
    // A command that fails comes back as an error: what it did is taken back with it.
    done_(error ? parse_outcome(error->what()) : parse_outcome(*result));
  }

 private:
  std::function<void(ManageOutcome)> done_;
};

bool by_name(const ManageTarget& a, const ManageTarget& b) {
  const auto key = [](const ManageTarget& each) {
    return std::tuple(!each.name, each.name.value_or(""), each.id.bytes);
  };
  return key(a) < key(b);
}

}  // namespace

std::string ManageOutcome::last_line() const {
  const auto end = output.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "it printed nothing";
  const auto begin = output.rfind('\n', end);
  return output.substr(begin == std::string::npos ? 0 : begin + 1, end - begin);
}

ManageNode::ManageNode(const App& app, const Config& config, LogSink& log, std::string class_name)
    : node_(app, config, Environment::system(), log), class_(node_.classes().find(class_name)) {
  node_.start();
}

ManageNode::~ManageNode() { node_.stop(stop_time); }

std::vector<ManageTarget> ManageNode::objects() {
  std::vector<ManageTarget> found;
  ObjectIndex::Query query{.class_name = class_->info.name, .limit = page_size};
  for (;;) {
    auto page = node_.directory().list(query);
    for (auto& entry : page) found.push_back({entry.id, std::move(entry.name)});
    if (page.size() < query.limit) break;
    query.after = found.back().id;
  }
  std::ranges::sort(found, by_name);
  return found;
}

ManageTarget ManageNode::target(const std::string& name_or_id) const {
  // An id has a code in it that no name has by chance.
  if (const auto id = class_->key.id_from_string(name_or_id)) return {id.value()};
  return {class_->key.id_from_name(name_or_id), name_or_id};
}

bool ManageNode::has_stored(const ManageTarget& target) {
  return node_.directory().exists(target.id);
}

void ManageNode::start(const ManageTarget& target, const Command& command,
                       std::function<void(ManageOutcome)> done) {
  auto arguments = std::make_unique<nlohmann::json>(nlohmann::json::object());
  (*arguments)["argv"] = command.words;
  (*arguments)["interactive"] = command.interactive;
  const auto bytes = arguments->dump().size();
  node_.host(0).send(std::make_unique<ManageCall>(ObjectAddress{class_, target.id, target.name},
                                                  std::move(arguments), bytes, std::move(done)));
}

ManageOutcome ManageNode::run(const ManageTarget& target, const Command& command) {
  // Shared: the other thread may not have left it when this one goes on.
  const auto outcome = std::make_shared<std::promise<ManageOutcome>>();
  start(target, command, [outcome](ManageOutcome ended) { outcome->set_value(std::move(ended)); });
  return outcome->get_future().get();
}

}  // namespace stead
