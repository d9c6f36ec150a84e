#include "bench/node/caller.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "runtime/incoming_call.h"

namespace stead {

class Caller::Fetch final : public IncomingFetch {
 public:
  Fetch(Caller& caller, const ObjectAddress& object)
      : IncomingFetch(object, {.method = caller.method_}), caller_(caller) {}

  void return_to_caller(std::unique_ptr<Call> self) override { caller_.on_answer(*self, sent_); }
  void mark_sent(MonotonicTime now) { sent_ = now; }

 private:
  Caller& caller_;
  MonotonicTime sent_{};
};

Caller::Caller(Node& node, const std::string& class_name, std::size_t count) : node_(node) {
  const auto* of = node.classes().find(class_name);
  CHECK(of);
  for (std::size_t i = 0; i < count; ++i) {
    auto name = "object-" + std::to_string(i);
    const auto id = of->key.id_from_name(name);
    objects_.push_back({of, id, std::move(name)});
  }
}

Histogram Caller::call_each(const std::string& method, std::size_t at_once) {
  method_ = method;
  next_ = 0;
  answered_ = 0;
  times_ = {};
  done_ = {};
  auto done = done_.get_future();
  boost::asio::post(node_.loop(0), [this, at_once] {
    for (std::size_t i = 0; i < at_once; ++i) post_next();
  });
  done.get();
  if (failed_) failed_->raise();
  return times_;
}

void Caller::post_next() {
  if (failed_ || next_ == objects_.size()) return;
  // Not at once: the turn of the object that has just answered ends first.
  boost::asio::post(node_.loop(0), [this, &object = objects_[next_++]] {
    auto call = std::make_unique<Fetch>(*this, object);
    call->mark_sent(node_.environment().clock.monotonic_now());
    node_.host(0).send(std::move(call));
  });
}

void Caller::on_answer(const Call& call, MonotonicTime sent) {
  const auto took = node_.environment().clock.monotonic_now() - sent;
  times_.record(static_cast<std::uint64_t>(took.count()));
  ++answered_;
  if (call.error) failed_ = call.error;
  post_next();
  if (answered_ == next_) {
    // Whoever waits may start another round at once.
    auto done = std::move(done_);
    done.set_value();
  }
}

}  // namespace stead
