#include "runtime/state.h"

#include "runtime/instance.h"

namespace stead {

namespace {

Id visible_id(const ObjectAddress& address) {
  const bool fits = address.name && address.name->size() <= limits::name_bytes;
  return Id(address.id, fits ? address.name : std::nullopt);
}

}  // namespace

State::State(Instance& instance)
    : instance_(instance),
      id_(visible_id(instance.address())),
      storage_(instance),
      env_(instance.host().config().vars) {}

void State::wait_until(Task<void> task) { instance_.keep(std::move(task)); }

void State::keep(Task<void> task) { instance_.keep(std::move(task)); }

Task<void> State::sleep(std::chrono::milliseconds pause) {
  Operation woken(instance_);
  instance_.host().resume_after(pause, instance_.address().id, woken.resumption());
  co_await woken;
}

void State::abort(const std::string& reason) {
  ResetError error(reason.empty() ? "the object was reset because its code called abort()"
                                  : reason);
  error.set_object_reset(true);
  instance_.break_with(error);
  throw error;
}

std::chrono::sys_time<std::chrono::milliseconds> State::now() const {
  return instance_.host().environment().clock.wall_now();
}

State::SectionScope::SectionScope(State& state, InputGate::Section section)
    : state_(&state), outer_(state.instance_.current_section()) {
  state.instance_.set_current_section(section);
}

void State::SectionScope::leave() {
  if (state_) std::exchange(state_, nullptr)->instance_.set_current_section(outer_);
}

InputGate::Section State::enter_section() { return instance_.enter_section(); }

void State::end_section(InputGate::Section section) { instance_.leave_section(section); }

void State::fail_section() { instance_.break_with(current_error()); }

Operation* State::find_operation(std::uint64_t number) { return instance_.find_operation(number); }

}  // namespace stead
