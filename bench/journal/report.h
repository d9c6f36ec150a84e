#pragma once

#include <optional>
#include <string>
#include <vector>

namespace stead {

/// A figure that is asked for.
struct Bar {
  enum class Kind { at_least, at_most };
  Kind kind;
  double value;
};

/// Prints figures as they come, and keeps them for a file.
class Report {
 public:
  void begin(const std::string& part, const std::string& about);
  /// The median of `values`, one of each round, with the lowest and the highest.
  void add(const std::string& what, std::vector<double> values, const std::string& unit,
           std::optional<Bar> bar = {});
  void add(const std::string& what, double value, const std::string& unit,
           std::optional<Bar> bar = {}) {
    add(what, std::vector<double>{value}, unit, bar);
  }
  /// Throws std::runtime_error if it cannot be written.
  void write_json(const std::string& path) const;

 private:
  struct Figure {
    std::string part;
    std::string what;
    double median;
    double lowest;
    double highest;
    std::string unit;
    std::optional<Bar> bar;
    bool met() const;
  };

  std::string part_;
  std::vector<Figure> figures_;
};

}  // namespace stead
