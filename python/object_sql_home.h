#pragma once

#include <memory>

#include "python/sql_home.h"

namespace stead {

struct PythonObjectHandle;

/// The database of an object, for the connection that its Python code has. It can be used in the
/// object's own turns only: whatever else holds on to the connection reaches nothing.
class ObjectSqlHome final : public SqlHome {
 public:
  explicit ObjectSqlHome(std::shared_ptr<PythonObjectHandle> handle) : handle_(std::move(handle)) {}
  Database& database() override;
  bool commits_statements() const override { return false; }
  void flush() override;

 private:
  std::shared_ptr<PythonObjectHandle> handle_;
};

}  // namespace stead
