#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/asset_folder.h"
#include "gateway/conditional.h"
#include "runtime/assets.h"
#include "runtime/request.h"
#include "runtime/response.h"

namespace stead {

/// An answer, and the file that its body is to be read from if that is not in it: a large one, or
/// one of which only the size is wanted.
struct AssetAnswer {
  Response response{};
  std::shared_ptr<const AssetFile> file{};
  ByteRange part{};
};

/// Answers requests from a folder of files (`AssetsSpec` says what is served): entity tags, dates,
/// ranges, compressed variants, content types, pages without `.html`.
///
/// Thread: one. Owner: a shard's listener, so that no lock is needed. Fails: the constructor throws
/// `Error` if the folder does not exist. Looking at files and reading them blocks.
class Assets final {
 public:
  explicit Assets(const AssetsSpec& spec);

  /// The answer to a GET or HEAD; nothing if it is the application's.
  std::optional<AssetAnswer> answer(const Request& request);
  /// The answer to one that nothing else answers; nothing if there is none for that.
  std::optional<AssetAnswer> answer_not_found(const Request& request);
  /// A browser on its way to a page: `answer_not_found` comes before the application.
  bool answers_navigation(const Request& request) const;

 private:
  using File = std::shared_ptr<const AssetFile>;
  struct Redirect {
    std::string name;
  };
  using Found = std::variant<std::monostate, File, Redirect>;
  /// A file as it is sent: itself, or a compressed one in its place.
  struct Variant {
    File file;
    std::string_view coding;
    bool varies = false;
  };

  bool is_application_first(std::string_view name) const;
  bool is_included(std::string_view name) const;
  File find(const std::string& name);
  Found resolve(const std::string& name);
  Found resolve_page(const std::string& name);
  Found resolve_file(const std::string& name, const File& file);

  Variant choose(const Request& request, const File& file);
  std::optional<AssetAnswer> send(const Request& request, const File& file);
  std::optional<AssetAnswer> send_as(const Request& request, const File& file, int status);
  static std::optional<AssetAnswer> with_body(const Request& request, Response response,
                                              const File& file, const ByteRange& part);
  void describe(Response& response, const File& file, const Variant& variant) const;

  AssetsSpec spec_;
  AssetFolder folder_;
};

}  // namespace stead
