#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace stead {

/// What kind of failure an `Error` is. The gateway maps each to one HTTP status.
enum class ErrorCode {
  exception,       ///< an author's code threw something of its own
  type,            ///< a value of the wrong type or form (`TypeError`)
  range,           ///< a value outside its bounds (`RangeError`)
  sql,             ///< SQLite refused a statement (`SqlError`)
  storage,         ///< the disk or the file failed; the object was reset (`StorageError`)
  overloaded,      ///< a queue limit was reached, or a time limit passed (`OverloadedError`)
  reset,           ///< the instance was thrown away while the call was in progress (`ResetError`)
  shutting_down,   ///< the node stops and takes no more work
  unknown_class,   ///< no class of that name in this application
  unknown_method,  ///< the class has no method of that name
  disconnected,    ///< the client went away
  http,            ///< an answer with a status of the author's choosing (`HttpError`)
  internal,        ///< a fault of ours
};

/// The word for a code that clients see, e.g. "overloaded".
std::string_view to_string(ErrorCode code);

/// The base of every error that an author can catch, and the value that carries a failure from one
/// object to another. Catch the typed classes below; the flags say what a caller may do about it.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  ErrorCode code() const { return code_; }
  /// The work may not have been done and may be tried again.
  bool retryable() const { return retryable_; }
  /// The callee sheds load: trying again at once makes it worse.
  bool overloaded() const { return code_ == ErrorCode::overloaded; }
  /// It happened in another object than the one that catches it.
  bool remote() const { return remote_; }
  /// The callee lost its instance; its stored data is as of its last commit.
  bool object_reset() const { return object_reset_; }
  /// The failing object, as "Class(name or id)"; empty if none.
  const std::string& object() const { return object_; }
  /// HTTP status that an author chose (`HttpError`), else 0.
  int status() const { return status_; }
  /// SQLite's extended result code, if SQLite refused or failed, else 0.
  int sqlite_code() const { return sqlite_code_; }

  Error& set_retryable(bool on) { return retryable_ = on, *this; }
  Error& set_remote(bool on) { return remote_ = on, *this; }
  Error& set_object_reset(bool on) { return object_reset_ = on, *this; }
  Error& set_sqlite_code(int code) { return sqlite_code_ = code, *this; }
  Error& set_object(std::string object) { return object_ = std::move(object), *this; }

  /// Throws this error as the typed class of its code.
  [[noreturn]] void raise() const;

 protected:
  void set_status(int status) { status_ = status; }

 private:
  ErrorCode code_;
  bool retryable_ = false;
  bool remote_ = false;
  bool object_reset_ = false;
  int status_ = 0;
  int sqlite_code_ = 0;
  std::string object_;
};

/// Implementation aid: a typed class per code.
template <ErrorCode code_value>
class TypedError : public Error {
 public:
  explicit TypedError(const std::string& message) : Error(code_value, message) {}
  explicit TypedError(const Error& error) : Error(error) {}
};

using TypeError = TypedError<ErrorCode::type>;
using RangeError = TypedError<ErrorCode::range>;
using SqlError = TypedError<ErrorCode::sql>;
using StorageError = TypedError<ErrorCode::storage>;
using OverloadedError = TypedError<ErrorCode::overloaded>;
using ResetError = TypedError<ErrorCode::reset>;

/// Thrown by an author's handler to answer a client with this status and message. Unlike the text
/// of any other exception, the message is meant for the client.
class HttpError : public Error {
 public:
  HttpError(int status, const std::string& message) : Error(ErrorCode::http, message) {
    set_status(status);
  }
  explicit HttpError(const Error& error) : Error(error) {}
};

/// The exception being handled, as an `Error`. Call it inside a `catch` only. What is not an
/// `Error` becomes `ErrorCode::exception` with its `what()`.
Error current_error();

}  // namespace stead
