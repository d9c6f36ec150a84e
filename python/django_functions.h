#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "storage/value.h"

namespace stead {

/// What one of Django's SQL functions gives for these arguments; nothing if the case is one that
/// only Django's own code in Python decides: other time zones, other forms of dates, errors.
using DjangoFunction = std::optional<SqlValue> (*)(std::span<const SqlView>);

/// The function of this name as Django calls it; null if there is none here.
DjangoFunction find_django_function(std::string_view name);

}  // namespace stead
