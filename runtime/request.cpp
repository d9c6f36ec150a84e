#include "runtime/request.h"

#include "base/error.h"
#include "runtime/url.h"

namespace stead {

std::string_view Request::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::optional<std::string> Request::query(std::string_view name) const {
  return query_parameter(query(), name);
}

const std::string& Request::param(std::string_view name) const {
  for (const auto& [key, value] : params)
    if (key == name) return value;
  throw RangeError("the route of this request has no {" + std::string(name) +
                   "}: name it in the pattern given to App::route");
}

}  // namespace stead
