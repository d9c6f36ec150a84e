#include "project/class_changes.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stead {

namespace {

/// Works out one plan. Thread: one. Owner: the call of `plan_class_changes`.
class Planner {
 public:
  Planner(const Project& project, const AppliedClasses& applied)
      : project_(project), applied_(applied), now_(applied) {}

  ClassPlan plan() && {
    if (project_.has_exports) {
      follow_exports();
    } else {
      follow_migrations();
    }
    check_bindings();
    return std::move(plan_);
  }

 private:
  void problem(std::size_t line, const std::string& text) {
    plan_.problems.push_back(project_.file + ":" + std::to_string(line) + ": " + text);
  }

  void follow_migrations() {
    const auto& all = project_.migrations;
    auto next = all.begin();
    if (!applied_.tag.empty()) {
      const auto last = std::ranges::find(all, applied_.tag, &ClassMigration::tag);
      if (last == all.end()) return restart();
      next = last + 1;
    }
    for (; next != all.end(); ++next) follow(*next);
  }

  /// The history of migrations was written anew: what they would do to the objects is unknown.
  void restart() {
    const auto& all = project_.migrations;
    problem(
        all.empty() ? 1 : all.front().line,
        "the data has the classes as of migration \"" + applied_.tag +
            "\", which is not among the migrations: put it back, or use another data directory");
    if (all.empty()) return;
    for (const auto& migration : all) follow(migration);
    plan_.steps.clear();
    // What the steps complained of follows from the first problem.
    plan_.problems.resize(1);
    plan_.steps.push_back({{}, now_});
  }

  void follow(const ClassMigration& migration) {
    ClassStep step;
    for (const auto& name : migration.created) create(migration, name);
    for (const auto& [from, to] : migration.renamed) {
      if (!may_become(migration.line, to)) continue;
      if (!forget(from)) {
        problem(migration.line, "migration \"" + migration.tag + "\" renames the class " + from +
                                    ", which there is not");
        continue;
      }
      now_.classes.push_back(to);
      step.changes.push_back({ClassChange::Kind::rename, from, to});
    }
    for (const auto& name : migration.deleted) {
      if (forget(name)) {
        step.changes.push_back({ClassChange::Kind::remove, name});
      } else {
        problem(migration.line, "migration \"" + migration.tag + "\" deletes the class " + name +
                                    ", which there is not");
      }
    }
    for (const auto& [from, script, to] : migration.transferred) {
      if (!may_become(migration.line, to)) continue;
      now_.classes.push_back(to);
      step.changes.push_back({ClassChange::Kind::take_over, from, to});
    }
    now_.tag = migration.tag;
    step.after = now_;
    plan_.steps.push_back(std::move(step));
  }

  void create(const ClassMigration& migration, const std::string& name) {
    if (now_.has(name)) {
      problem(migration.line, "migration \"" + migration.tag + "\" creates the class " + name +
                                  ", which there is already");
    } else {
      now_.classes.push_back(name);
    }
  }

  bool may_become(std::size_t line, const std::string& name) {
    if (!now_.has(name)) return true;
    problem(line, "there is a class " + name + " already");
    return false;
  }

  bool forget(const std::string& name) { return std::erase(now_.classes, name) > 0; }

  void follow_exports() {
    using State = ClassExport::State;
    ClassStep step;
    for (const auto& each : project_.exports) {
      if (each.state == State::renamed && forget(each.class_name)) {
        if (!may_become(each.line, each.other)) continue;
        now_.classes.push_back(each.other);
        step.changes.push_back({ClassChange::Kind::rename, each.class_name, each.other});
      } else if (each.state == State::deleted && forget(each.class_name)) {
        step.changes.push_back({ClassChange::Kind::remove, each.class_name});
      } else if (each.state == State::transferred) {
        forget(each.class_name);
      }
    }
    for (const auto& each : project_.exports) {
      const bool here = each.state == State::created || each.state == State::expecting_transfer;
      if (here && !now_.has(each.class_name)) now_.classes.push_back(each.class_name);
    }
    for (const auto& name : now_.classes) {
      if (!is_exported(name)) {
        problem(1, "the data has a class " + name +
                       " of which exports say nothing: give it a state, if need be \"deleted\"");
      }
    }
    now_.tag.clear();
    if (now_ == applied_) return;
    step.after = now_;
    plan_.steps.push_back(std::move(step));
  }

  bool is_exported(const std::string& name) const {
    return std::ranges::any_of(project_.exports, [&](const ClassExport& each) {
      return each.class_name == name ||
             (each.state == ClassExport::State::renamed && each.other == name);
    });
  }

  void check_bindings() {
    for (const auto& binding : project_.objects) {
      if (!project_.is_own(binding) || now_.has(binding.class_name)) continue;
      problem(binding.line, "the binding " + binding.name + " needs the class " +
                                binding.class_name +
                                ", which no migration creates: add a migration with "
                                "new_sqlite_classes = [\"" +
                                binding.class_name + "\"]");
    }
  }

  const Project& project_;
  const AppliedClasses& applied_;
  AppliedClasses now_;
  ClassPlan plan_;
};

}  // namespace

bool AppliedClasses::has(std::string_view class_name) const {
  return std::ranges::find(classes, class_name) != classes.end();
}

std::string AppliedClasses::to_json() const {
  nlohmann::ordered_json json;
  json["format"] = 1;
  json["tag"] = tag;
  json["classes"] = classes;
  return json.dump(2) + "\n";
}

Result<AppliedClasses> AppliedClasses::parse(std::string_view text, const std::string& path) {
  try {
    const auto json = nlohmann::json::parse(text);
    if (json.at("format") != 1) {
      return Error(ErrorCode::storage,
                   path + " is of another format: use the program that wrote it");
    }
    return AppliedClasses{json.at("tag").get<std::string>(),
                          json.at("classes").get<std::vector<std::string>>()};
  } catch (const nlohmann::json::exception& error) {
    return Error(ErrorCode::storage, path + " is damaged: restore it from a backup (" +
                                         std::string(error.what()) + ")");
  }
}

bool ClassPlan::touches_objects() const {
  return std::ranges::any_of(steps, [](const ClassStep& step) { return !step.changes.empty(); });
}

ClassPlan plan_class_changes(const Project& project, const AppliedClasses& applied) {
  return Planner(project, applied).plan();
}

}  // namespace stead
