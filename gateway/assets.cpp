#include "gateway/assets.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/asset_path.h"
#include "gateway/content_type.h"
#include "gateway/glob.h"
#include "gateway/http_date.h"

namespace stead {

namespace {

using Html = AssetsSpec::HtmlHandling;

constexpr std::string_view html = ".html";
constexpr std::string_view index_page = "index.html";
constexpr std::string_view unchanging = "public, max-age=31536000, immutable";
/// A compressed file may be older than what it was made from by the time that copying takes.
constexpr std::int64_t age_tolerance = 2;
/// Of more than this the session reads a piece at a time.
constexpr std::uint64_t most_at_once = AssetFolder::most_kept_of_file;

/// Files that tell other servers how to serve the folder.
bool is_instruction(std::string_view name) {
  return name == "_headers" || name == "_redirects" || name == "_worker.js" ||
         name == "_routes.json";
}

bool is_index(std::string_view name) { return name == index_page || name.ends_with("/index.html"); }

/// "css/base.0123456789ab.css": what Django and others call a file after its content.
bool has_hash(std::string_view name) {
  constexpr std::size_t digits = 12;
  const auto dot = name.rfind('.');
  if (dot == name.npos || dot < digits + 2 || name[dot - digits - 1] != '.') return false;
  return std::ranges::all_of(name.substr(dot - digits, digits), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

std::string hex(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

std::string entity_tag(const FileStamp& stamp, std::string_view coding) {
  std::string tag = "\"" + hex(static_cast<std::uint64_t>(stamp.seconds)) + "." +
                    hex(static_cast<std::uint64_t>(stamp.nanoseconds)) + "-" +
                    hex(static_cast<std::uint64_t>(stamp.size));
  if (!coding.empty()) tag += "-" + std::string(coding);
  return tag + "\"";
}

std::chrono::sys_seconds modified(const AssetFile& file) {
  return std::chrono::sys_seconds(std::chrono::seconds(file.stamp().seconds));
}

bool is_unchanged(const Request& request, std::string_view tag, std::chrono::sys_seconds changed) {
  if (const auto tags = request.header("If-None-Match")) return names_tag(*tags, tag);
  const auto since = request.header("If-Modified-Since");
  const auto time = since ? parse_http_date(*since) : std::nullopt;
  return time && changed <= *time;
}

/// Whether the part that is asked for belongs to what there is now.
bool is_range_valid(const Request& request, std::string_view tag, std::string_view changed) {
  const auto condition = request.header("If-Range");
  return !condition || *condition == tag || *condition == changed;
}

}  // namespace

Assets::Assets(const AssetsSpec& spec) : spec_(spec), folder_(spec.directory) {}

bool Assets::is_application_first(std::string_view name) const {
  const auto path = "/" + std::string(name);
  bool first = false;
  for (const std::string_view pattern : spec_.application_first) {
    if (pattern.starts_with('!')) {
      if (matches_glob(pattern.substr(1), path)) return false;
    } else {
      first = first || matches_glob(pattern, path);
    }
  }
  return first;
}

bool Assets::is_included(std::string_view name) const {
  const auto matches = [name](const std::string& glob) { return matches_glob(glob, name); };
  if (is_instruction(name) || std::ranges::any_of(spec_.exclude, matches)) return false;
  return spec_.include.empty() || std::ranges::any_of(spec_.include, matches);
}

Assets::File Assets::find(const std::string& name) {
  return is_included(name) ? folder_.find(name) : nullptr;
}

std::optional<AssetAnswer> Assets::answer(const Request& request) {
  const auto name = asset_name(request.path());
  if (!name || is_application_first(*name)) return std::nullopt;
  const auto found = resolve(*name);
  if (const auto* file = std::get_if<File>(&found)) return send(request, *file);
  const auto* redirect = std::get_if<Redirect>(&found);
  if (!redirect) return std::nullopt;
  auto target = asset_url(redirect->name);
  if (!request.query().empty()) target += "?" + std::string(request.query());
  return AssetAnswer{Response::redirect(std::move(target), 307)};
}

std::optional<AssetAnswer> Assets::answer_not_found(const Request& request) {
  if (spec_.not_found == AssetsSpec::NotFound::none) return std::nullopt;
  if (spec_.not_found == AssetsSpec::NotFound::single_page_application) {
    const auto page = find(std::string(index_page));
    return page ? send(request, page) : std::nullopt;
  }
  auto folder = asset_name(request.path()).value_or("");
  for (;;) {
    const auto slash = folder.rfind('/');
    folder.resize(slash == folder.npos ? 0 : slash);
    const auto page = find(folder.empty() ? "404.html" : folder + "/404.html");
    if (page) return send_as(request, page, 404);
    if (folder.empty()) return std::nullopt;
  }
}

bool Assets::answers_navigation(const Request& request) const {
  const bool has_page = spec_.not_found != AssetsSpec::NotFound::none;
  if (!has_page || !spec_.not_found_for_navigation) return false;
  if (request.header("Sec-Fetch-Mode") != "navigate") return false;
  const auto name = asset_name(request.path());
  return !name || !is_application_first(*name);
}

Assets::Found Assets::resolve(const std::string& name) {
  const bool is_folder = name.empty() || name.ends_with('/');
  if (spec_.html_handling == Html::none) {
    auto file = is_folder ? nullptr : find(name);
    return file ? Found(file) : Found();
  }
  if (is_folder) return resolve_page(name);
  if (auto file = find(name)) return resolve_file(name, file);
  if (auto page = find(name + std::string(html))) {
    if (is_index(page->name())) return resolve_file(page->name(), page);
    if (spec_.html_handling == Html::force_trailing_slash) return Redirect{name + "/"};
    return page;
  }
  auto index = find(name + "/index.html");
  if (!index) return {};
  if (spec_.html_handling == Html::drop_trailing_slash) return index;
  return Redirect{name + "/"};
}

/// The root, or a name with a slash at the end.
Assets::Found Assets::resolve_page(const std::string& name) {
  auto index = find(name + std::string(index_page));
  if (name.empty()) return index ? Found(index) : Found();
  const auto base = name.substr(0, name.size() - 1);
  if (index && spec_.html_handling != Html::drop_trailing_slash) return index;
  auto page = find(base + std::string(html));
  if (page && spec_.html_handling == Html::force_trailing_slash) return page;
  if (page || index) return Redirect{base};
  return {};
}

/// A file that is there under the very name: pages have another address.
Assets::Found Assets::resolve_file(const std::string& name, const File& file) {
  if (!name.ends_with(html)) return file;
  if (is_index(name)) {
    auto base = name.substr(0, name.size() - index_page.size());
    const bool drops = spec_.html_handling == Html::drop_trailing_slash && !base.empty();
    if (drops) base.pop_back();
    return Redirect{base};
  }
  const auto base = name.substr(0, name.size() - html.size());
  // There it would not be found.
  if (base.empty() || base.ends_with('/') || find(base)) return file;
  if (spec_.html_handling != Html::force_trailing_slash) return Redirect{base};
  return find(base + "/index.html") ? Found(file) : Found(Redirect{base + "/"});
}

Assets::Variant Assets::choose(const Request& request, const File& file) {
  struct Coding {
    std::string_view name;
    std::string_view extension;
  };
  static constexpr std::array codings{Coding{"br", ".br"}, Coding{"gzip", ".gz"}};
  Variant best{file, {}};
  const auto accepted = request.header("Accept-Encoding").value_or("");
  int weight = 0;
  for (const auto& [name, extension] : codings) {
    auto compressed = find(file->name() + std::string(extension));
    if (!compressed) continue;
    if (compressed->stamp().seconds + age_tolerance < file->stamp().seconds) continue;
    best.varies = true;
    // Parts are of the file as it is.
    const int wanted = request.headers.has("Range") ? 0 : coding_weight(accepted, name);
    if (wanted <= weight) continue;
    weight = wanted;
    best.file = std::move(compressed);
    best.coding = name;
  }
  return best;
}

void Assets::describe(Response& response, const File& file, const Variant& variant) const {
  auto& headers = response.headers;
  headers.append("Content-Type", std::string(content_type_of(file->name())));
  headers.append("Cache-Control",
                 std::string(has_hash(file->name()) ? unchanging : spec_.cache_control));
  if (!variant.coding.empty()) headers.append("Content-Encoding", std::string(variant.coding));
  if (variant.varies) headers.append("Vary", "Accept-Encoding");
}

std::optional<AssetAnswer> Assets::send(const Request& request, const File& file) {
  const auto variant = choose(request, file);
  const auto& sent = *variant.file;
  const auto tag = entity_tag(sent.stamp(), variant.coding);
  const auto changed = format_http_date(modified(*file));
  Response response;
  describe(response, file, variant);
  response.headers.append("ETag", tag);
  response.headers.append("Last-Modified", changed);
  if (is_unchanged(request, tag, modified(*file))) {
    response.status = 304;
    response.headers.remove("Content-Type");
    response.headers.remove("Content-Encoding");
    return AssetAnswer{std::move(response)};
  }
  response.headers.append("Accept-Ranges", "bytes");
  ByteRange part{0, sent.size()};
  const auto range = request.header("Range");
  if (range && request.method == "GET" && is_range_valid(request, tag, changed)) {
    const auto asked = parse_range(*range, sent.size());
    if (std::holds_alternative<UnsatisfiableRange>(asked)) {
      auto refusal = Response::text("there is no such part of this file\n", 416);
      refusal.headers.append("Content-Range", "bytes */" + std::to_string(sent.size()));
      return AssetAnswer{std::move(refusal)};
    }
    if (const auto* found = std::get_if<ByteRange>(&asked)) {
      part = *found;
      response.status = 206;
      response.headers.append("Content-Range", "bytes " + std::to_string(part.offset) + "-" +
                                                   std::to_string(part.offset + part.size - 1) +
                                                   "/" + std::to_string(sent.size()));
    }
  }
  return with_body(request, std::move(response), variant.file, part);
}

std::optional<AssetAnswer> Assets::with_body(const Request& request, Response response,
                                             const File& file, const ByteRange& part) {
  if (request.method == "HEAD" || part.size > most_at_once) {
    return AssetAnswer{std::move(response), file, part};
  }
  auto body = file->read(part.offset, part.size);
  if (!body) return std::nullopt;
  response.body = *std::move(body);
  return AssetAnswer{std::move(response)};
}

/// For a page in place of an answer: it has no parts and no age.
std::optional<AssetAnswer> Assets::send_as(const Request& request, const File& file, int status) {
  const auto variant = choose(request, file);
  Response response{.status = status};
  describe(response, file, variant);
  return with_body(request, std::move(response), variant.file, {0, variant.file->size()});
}

}  // namespace stead
