#include "tests/sim/simulated_names.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace stead::test {

std::string folder_of(const std::string& path) {
  const auto end = path.rfind('/');
  return end == path.npos ? "" : path.substr(0, end);
}

bool SimulatedNames::Change::touches(const Change& other) const {
  const auto has = [&](const std::string& name) {
    return !name.empty() && (name == other.path || name == other.to);
  };
  return has(path) || has(to);
}

bool SimulatedNames::Change::is_in(const std::string& folder) const {
  return folder_of(path) == folder || (!to.empty() && folder_of(to) == folder);
}

SimulatedNames::File SimulatedNames::find(const std::string& path) const {
  const auto found = now_.files.find(path);
  return found == now_.files.end() ? nullptr : found->second;
}

bool SimulatedNames::has_folder(const Tree& tree, const std::string& path) {
  return path.empty() || tree.folders.contains(path);
}

bool SimulatedNames::has_folder(const std::string& path) const { return has_folder(now_, path); }

SimulatedNames::File SimulatedNames::create(const std::string& path) {
  CHECK(has_folder(folder_of(path)));
  auto file = std::make_shared<SimulatedContents>();
  add({Change::Kind::create, path, {}, file});
  return file;
}

void SimulatedNames::remove(const std::string& path) {
  add({Change::Kind::remove, path, {}, nullptr});
}

void SimulatedNames::rename(const std::string& from, const std::string& to) {
  if (from == to) return;
  add({Change::Kind::rename, from, to, find(from)});
}

void SimulatedNames::make_folders(const std::string& path) {
  if (has_folder(path)) return;
  make_folders(folder_of(path));
  add({Change::Kind::make_folder, path, {}, nullptr});
}

std::vector<std::string> SimulatedNames::list(const std::string& folder) const {
  std::vector<std::string> names;
  const auto prefix = folder + "/";
  for (auto at = now_.files.lower_bound(prefix);
       at != now_.files.end() && at->first.starts_with(prefix); ++at) {
    auto name = at->first.substr(prefix.size());
    if (name.find('/') == name.npos) names.push_back(std::move(name));
  }
  return names;
}

void SimulatedNames::add(Change change) {
  apply(change, now_);
  changes_.push_back(std::move(change));
}

void SimulatedNames::apply(const Change& change, Tree& tree) {
  switch (change.kind) {
    case Change::Kind::create:
      tree.files[change.path] = change.file;
      break;
    case Change::Kind::remove:
      tree.files.erase(change.path);
      break;
    case Change::Kind::rename:
      tree.files.erase(change.path);
      tree.files[change.to] = change.file;
      break;
    case Change::Kind::make_folder:
      tree.folders.insert(change.path);
      break;
  }
}

void SimulatedNames::sync_folder(const std::string& path) {
  // Backwards, so that each takes the earlier ones of its names along.
  std::vector<bool> taken(changes_.size());
  for (auto i = changes_.size(); i-- > 0;) {
    taken[i] = changes_[i].is_in(path);
    for (auto later = i + 1; later < changes_.size() && !taken[i]; ++later) {
      taken[i] = taken[later] && changes_[i].touches(changes_[later]);
    }
  }
  std::vector<Change> left;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (taken[i]) {
      apply(changes_[i], durable_);
    } else {
      left.push_back(std::move(changes_[i]));
    }
  }
  changes_ = std::move(left);
}

void SimulatedNames::sync_all() {
  for (auto& [path, file] : now_.files) file->sync();
  for (const auto& change : changes_) apply(change, durable_);
  changes_.clear();
}

void SimulatedNames::crash(Seeded& seed) {
  const auto how = seed.below(100);
  std::size_t kept = changes_.size();
  if (how < 20) {
    kept = 0;
  } else if (how < 45) {
    kept = static_cast<std::size_t>(seed.below(changes_.size() + 1));
  }
  const bool any = how >= 75;
  std::vector<const Change*> lost;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const auto& change = changes_[i];
    const bool follows_a_lost_one = std::any_of(
        lost.begin(), lost.end(), [&](const Change* other) { return change.touches(*other); });
    if (!follows_a_lost_one && (any ? seed.chance(50) : i < kept)) {
      apply(change, durable_);
    } else {
      lost.push_back(&change);
    }
  }
  changes_.clear();
  drop_unreachable(durable_);
  for (auto& [path, file] : durable_.files) file->crash(seed);
  now_ = durable_;
}

void SimulatedNames::drop_unreachable(Tree& tree) {
  // In order, so that a folder follows the one it is in.
  std::set<std::string> reachable;
  for (const auto& folder : tree.folders) {
    const auto above = folder_of(folder);
    if (above.empty() || reachable.contains(above)) reachable.insert(folder);
  }
  tree.folders = std::move(reachable);
  std::erase_if(tree.files,
                [&](const auto& entry) { return !has_folder(tree, folder_of(entry.first)); });
}

}  // namespace stead::test
