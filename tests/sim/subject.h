#pragma once

#include <string>

#include "runtime/durable_object.h"
#include "tests/sim/object_model.h"
#include "tests/sim/plan.h"

namespace stead::test {

class Witness;

/// The author's class of every simulated object: does what a plan says, step by step, has the
/// object's model do the same, and compares what it reads.
///
/// Thread: the object's turn. Owner: the runtime.
class Subject : public DurableObject {
 public:
  explicit Subject(State& state);
  ~Subject() override;

  /// The request's target is the number of the call in `Witness`.
  Task<Response> fetch(Request request) override;

 private:
  void run(const Step& step);
  void run_statement(const Step& step);
  void query(const std::string& sql);
  void delete_all();
  /// Compares everything that it holds.
  void check();
  std::string dump();
  Task<void> call_other(const Step& step);

  Witness& witness_;
  ObjectModel& model_;
};

// Classes need names of their own, and C++ types of their own.
class Bank final : public Subject {
  using Subject::Subject;
};
class List final : public Subject {
  using Subject::Subject;
};
class Box final : public Subject {
  using Subject::Subject;
};

}  // namespace stead::test
