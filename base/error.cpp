#include "base/error.h"

#include <exception>

namespace stead {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::exception:
      return "exception";
    case ErrorCode::type:
      return "type_error";
    case ErrorCode::range:
      return "range_error";
    case ErrorCode::sql:
      return "sql_error";
    case ErrorCode::storage:
      return "storage_error";
    case ErrorCode::overloaded:
      return "overloaded";
    case ErrorCode::reset:
      return "object_reset";
    case ErrorCode::shutting_down:
      return "shutting_down";
    case ErrorCode::unknown_class:
      return "unknown_class";
    case ErrorCode::unknown_method:
      return "unknown_method";
    case ErrorCode::disconnected:
      return "disconnected";
    case ErrorCode::http:
      return "http_error";
    case ErrorCode::internal:
      return "internal_error";
  }
  return "internal_error";
}

void Error::raise() const {
  switch (code_) {
    case ErrorCode::type:
      throw TypeError(*this);
    case ErrorCode::range:
      throw RangeError(*this);
    case ErrorCode::sql:
      throw SqlError(*this);
    case ErrorCode::storage:
      throw StorageError(*this);
    case ErrorCode::overloaded:
      throw OverloadedError(*this);
    case ErrorCode::reset:
      throw ResetError(*this);
    case ErrorCode::http:
      throw HttpError(*this);
    case ErrorCode::exception:
    case ErrorCode::shutting_down:
    case ErrorCode::unknown_class:
    case ErrorCode::unknown_method:
    case ErrorCode::disconnected:
    case ErrorCode::internal:
      break;
  }
  throw Error(*this);
}

Error current_error() {
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception& error) {
    return Error(ErrorCode::exception, error.what());
  } catch (...) {
    return Error(ErrorCode::exception, "something that is not a std::exception was thrown");
  }
}

}  // namespace stead
