#include "cli/project_classes.h"

#include <cstdlib>
#include <exception>

#include "cli/offline_storage.h"
#include "cli/text.h"
#include "storage/class_folders.h"
#include "storage/data_directory.h"
#include "storage/node_storage.h"
#include "storage/object_index.h"

namespace stead {

namespace {

[[noreturn]] void end_process(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    print_error(std::string("the disk failed; the next start goes on from what is stored: ") +
                error.what());
  }
  std::_Exit(1);
}

/// The journal names classes. Afterwards no file lacks anything of it.
void bring_to_rest(const Config& config) {
  NodeStorage::Config storage{.data = config.data, .on_failure = end_process};
  if (OfflineStorage::keeps_history(config)) storage.history.emplace();
  NodeStorage node(Disk::system(), Environment::system(), std::move(storage));
  node.drain();
  node.close();
}

std::string read_file(Disk& disk, const std::string& path) {
  const auto file = disk.open(path, Disk::Mode::read);
  std::string text(file->size(), '\0');
  const std::span into(reinterpret_cast<std::uint8_t*>(text.data()), text.size());
  text.resize(file->read(0, into));
  return text;
}

/// Applies one project's steps. Thread: one. Owner: the call of `apply_class_changes`.
class Changer {
 public:
  Changer(const Project& project, const Config& config)
      : path_(applied_classes_path(config.data, project.name)),
        config_(config),
        folders_(disk_, config.data) {}

  AppliedClasses applied() {
    if (!disk_.exists(path_)) return {};
    return AppliedClasses::parse(read_file(disk_, path_), path_).take_or_raise();
  }

  void apply(const ClassPlan& plan) {
    if (plan.touches_objects()) {
      bring_to_rest(config_);
      index_ = ObjectIndex::open(config_.data);
    }
    for (const auto& step : plan.steps) {
      for (const auto& change : step.changes) apply(change);
      // Last: until here the step is done again after an interruption.
      store(step.after);
    }
    if (index_) index_->close();
  }

  std::vector<std::string> done{};

 private:
  void apply(const ClassChange& change) {
    switch (change.kind) {
      case ClassChange::Kind::rename:
        done.push_back("class " + change.class_name + " is now called " + change.to);
        return rename(change);
      case ClassChange::Kind::take_over:
        done.push_back("class " + change.to + " has taken over " + change.class_name);
        return rename(change);
      case ClassChange::Kind::remove:
        done.push_back("class " + change.class_name + " is deleted with all its objects");
        folders_.remove(change.class_name);
        index_->remove_class(change.class_name);
        return;
    }
  }

  void rename(const ClassChange& change) {
    folders_.rename(change.class_name, change.to);
    index_->rename_class(change.class_name, change.to);
  }

  void store(const AppliedClasses& applied) {
    const auto folder = config_.data + "/projects";
    const auto temporary = path_ + ".tmp";
    disk_.make_folders(folder);
    disk_.sync_folder(config_.data);
    disk_.remove(temporary);
    {
      const auto text = applied.to_json();
      const auto file = disk_.open(temporary, Disk::Mode::create);
      file->write(0, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
      file->sync();
    }
    disk_.rename(temporary, path_);
    disk_.sync_folder(folder);
  }

  Disk& disk_ = Disk::system();
  const std::string path_;
  const Config& config_;
  ClassFolders folders_;
  std::unique_ptr<ObjectIndex> index_;
};

std::string lines_of(const std::vector<std::string>& problems) {
  std::string text;
  for (const auto& problem : problems) text += (text.empty() ? "" : "\n") + problem;
  return text;
}

}  // namespace

std::string applied_classes_path(const std::string& data, const std::string& project) {
  return data + "/projects/" + project + ".json";
}

Result<ClassReport> apply_class_changes(const Project& project, const Config& config,
                                        ClassOptions options) {
  try {
    const auto lock = DataDirectory::open(config.data).take_or_raise();
    Changer changer(project, config);
    auto plan = plan_class_changes(project, changer.applied());
    if (!plan.problems.empty() && !options.dev) {
      return Error(ErrorCode::type, lines_of(plan.problems));
    }
    changer.apply(plan);
    return ClassReport{std::move(changer.done), std::move(plan.problems)};
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace stead
