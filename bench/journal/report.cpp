#include "bench/journal/report.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace stead {

namespace {

double median_of(const std::vector<double>& sorted) {
  const auto middle = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// Three digits at least.
std::string text_of(double value) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

}  // namespace

bool Report::Figure::met() const {
  return bar->kind == Bar::Kind::at_least ? median >= bar->value : median <= bar->value;
}

void Report::begin(const std::string& part, const std::string& about) {
  part_ = part;
  std::printf("\n%s: %s\n", part.c_str(), about.c_str());
  std::fflush(stdout);
}

void Report::add(const std::string& what, std::vector<double> values, const std::string& unit,
                 std::optional<Bar> bar) {
  std::sort(values.begin(), values.end());
  const Figure figure{part_, what, median_of(values), values.front(), values.back(), unit, bar};
  std::printf("  %-58s %9s", what.c_str(), text_of(figure.median).c_str());
  if (values.size() > 1) {
    const auto range = "(" + text_of(figure.lowest) + " to " + text_of(figure.highest) + ")";
    std::printf(" %-20s", range.c_str());
  }
  std::printf(" %s", unit.c_str());
  if (bar) {
    std::printf("   %s: %s %s", figure.met() ? "met" : "MISSED",
                bar->kind == Bar::Kind::at_least ? "at least" : "at most",
                text_of(bar->value).c_str());
  }
  std::printf("\n");
  std::fflush(stdout);
  figures_.push_back(figure);
}

void Report::write_json(const std::string& path) const {
  auto list = nlohmann::ordered_json::array();
  for (const auto& figure : figures_) {
    auto& entry = list.emplace_back(nlohmann::ordered_json{{"part", figure.part},
                                                           {"what", figure.what},
                                                           {"median", figure.median},
                                                           {"lowest", figure.lowest},
                                                           {"highest", figure.highest},
                                                           {"unit", figure.unit}});
    if (figure.bar) {
      entry["bar"] = figure.bar->value;
      entry["met"] = figure.met();
    }
  }
  std::ofstream out(path);
  out << list.dump(1) << "\n";
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace stead
