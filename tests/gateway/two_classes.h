#pragma once

#include <gtest/gtest.h>

#include "runtime/app.h"
#include "runtime/class_info.h"
#include "runtime/durable_object.h"

namespace stead::test {

/// An app with the classes "Thing" and "Other", each with a key of its own.
class TwoClasses : public ::testing::Test {
 protected:
  class Thing final : public DurableObject {
   public:
    using DurableObject::DurableObject;
  };

  TwoClasses() {
    app.add<Thing>("Thing");
    app.add<Thing>("Other");
    std::uint8_t secret = 1;
    for (const auto& info : app.classes()) {
      classes.add(*info, NamespaceKey(std::span(&secret, 1)));
      ++secret;
    }
  }
  const Class& thing() { return *classes.find("Thing"); }
  const Class& other() { return *classes.find("Other"); }

  App app;
  ClassTable classes;
};

}  // namespace stead::test
