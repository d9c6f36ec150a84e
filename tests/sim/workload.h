#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/sim/plan.h"
#include "tests/sim/seeded.h"

namespace stead::test {

/// The classes of a simulated application, and what their objects are asked to do. All of it is
/// decided by the seed, and nothing by what objects answer.
///
/// Thread: one.
class Workload final {
 public:
  /// What a class keeps: accounts with a history; a list that grows and shrinks; keys and values.
  enum class Kind : std::uint8_t { bank, list, box };
  struct Object {
    Kind kind;
    std::string name;
  };

  explicit Workload(Seeded& seed);

  const std::vector<Object>& objects() const { return objects_; }
  /// A call of one object.
  std::shared_ptr<const Plan> plan(std::size_t object) { return plan(object, 0); }
  static std::shared_ptr<const Plan> check_everything();

  static const char* class_name(Kind kind);
  /// All versions; an application runs with a number of them.
  static std::span<const std::string> migrations(Kind kind);
  static constexpr std::size_t versions = 3;

 private:
  std::shared_ptr<const Plan> plan(std::size_t object, int depth);
  void add_step(Plan& plan, Kind kind);
  std::string bank_statement();
  std::string list_statement();
  std::string box_statement();
  std::string query(Kind kind);
  std::string key() { return "k" + std::to_string(seed_.below(12)); }
  std::string number(std::uint64_t bound) { return std::to_string(seed_.below(bound)); }

  Seeded& seed_;
  std::vector<Object> objects_;
  /// How much this run writes at once, in rows; some runs write a lot.
  std::uint64_t rows_;
  std::uint64_t row_bytes_;
  /// Lists grow until pages are given back when they shrink.
  bool grows_;
};

}  // namespace stead::test
