#include "runtime/app.h"

#include <stdexcept>

#include "storage/object_path.h"

namespace stead {

ClassInfo& App::add_class(std::string name, ClassInfo info) {
  if (!is_class_name(name)) {
    throw std::logic_error("App::add: \"" + name +
                           "\" is no class name: use a letter, then letters, digits and "
                           "underscores, 64 characters at most");
  }
  for (const auto& other : classes_) {
    if (other->name == name)
      throw std::logic_error("App::add: the class " + name + " is added twice");
  }
  info.name = std::move(name);
  classes_.push_back(std::make_unique<ClassInfo>(std::move(info)));
  return *classes_.back();
}

App& App::add(std::string name, ClassInfo info) {
  add_class(std::move(name), std::move(info));
  return *this;
}

void App::add_method(ClassInfo& info, std::string name, ClassInfo::Method method) {
  if (!info.methods.emplace(name, std::move(method)).second) {
    throw std::logic_error("App::add: the method " + info.name + "." + name + " is added twice");
  }
}

App& App::route(std::string pattern, std::string class_name, std::string object) {
  routes_.push_back(
      {std::move(pattern), std::move(class_name), std::move(object), RouteSpec::Kind::fetch});
  return *this;
}

App& App::route_methods(std::string pattern, std::string class_name, std::string object) {
  routes_.push_back(
      {std::move(pattern), std::move(class_name), std::move(object), RouteSpec::Kind::method});
  return *this;
}

App& App::assets(AssetsSpec spec) {
  if (assets_) throw std::logic_error("App::assets: called twice");
  if (spec.directory.empty()) throw std::logic_error("App::assets: name a directory");
  assets_ = std::move(spec);
  return *this;
}

App& App::fetch(Worker::Handler handler, WorkerOptions options) {
  handler_ = std::make_unique<Worker::Handler>(std::move(handler));
  ClassInfo info;
  info.streams_requests = options.streams_requests;
  info.make = [handler_of = handler_.get()](State& state) {
    return std::make_unique<Worker>(state, *handler_of);
  };
  return worker(std::move(info));
}

App& App::worker(ClassInfo info) {
  if (worker_) throw std::logic_error("App::fetch: the application has its worker already");
  worker_ = std::move(info);
  worker_->name = "worker";
  worker_->has_storage = false;
  return *this;
}

}  // namespace stead
