#include "runtime/operation.h"

#include "runtime/instance.h"

namespace stead {

Operation::Operation(Instance& instance)
    : instance_(instance),
      number_(instance.add_operation(*this)),
      section_(instance.current_section()) {}

Operation::~Operation() { instance_.remove_operation(number_); }

Resumption Operation::resumption(std::unique_ptr<Call> call) const {
  return {instance_.incarnation(), number_, std::move(call)};
}

void Operation::complete(std::unique_ptr<Call> call) {
  call_ = std::move(call);
  complete_ = true;
  if (!waiter_) return;
  instance_.set_current_section(section_);
  std::exchange(waiter_, nullptr).resume();
}

}  // namespace stead
