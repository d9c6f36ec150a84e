#include "runtime/open_stream.h"

#include "runtime/instance.h"

namespace stead {

/// Lives with whoever reads. It names the stream by its object's life and its number there, so that
/// what it sends to a stream that is gone meets nobody.
class OpenStream::Reader final : public internal::RemoteBody {
 public:
  Reader(Host& host, ObjectAddress origin, std::uint64_t incarnation, std::uint64_t number,
         std::shared_ptr<std::atomic<bool>> ended)
      : host_(host),
        origin_(std::move(origin)),
        incarnation_(incarnation),
        number_(number),
        ended_(std::move(ended)) {}
  ~Reader() override {
    if (!*ended_) tell(nullptr);
  }

  void pull(std::unique_ptr<PullCall> call) override { tell(std::move(call)); }
  const ObjectAddress& origin() const override { return origin_; }

 private:
  void tell(std::unique_ptr<PullCall> call) {
    host_.resume(origin_.id, Resumption{incarnation_, number_, std::move(call)});
  }

  Host& host_;
  ObjectAddress origin_;
  std::uint64_t incarnation_;
  std::uint64_t number_;
  std::shared_ptr<std::atomic<bool>> ended_;
};

OpenStream::OpenStream(Instance& instance, std::unique_ptr<BodySource> source, std::string what)
    : Operation(instance),
      source_(std::move(source)),
      what_(std::make_shared<const std::string>(std::move(what))),
      ended_(std::make_shared<std::atomic<bool>>(false)) {}

OpenStream::~OpenStream() { *ended_ = true; }

void OpenStream::complete(std::unique_ptr<Call> call) {
  instance_.set_current_section(section());
  if (call) {
    instance_.serve(*this, std::unique_ptr<PullCall>(static_cast<PullCall*>(call.release())));
  } else {
    instance_.end_stream(*this);
  }
}

std::unique_ptr<internal::RemoteBody> OpenStream::reader() const {
  return std::make_unique<Reader>(instance_.host(), instance_.address(), instance_.incarnation(),
                                  number(), ended_);
}

}  // namespace stead
