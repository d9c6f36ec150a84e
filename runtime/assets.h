#pragma once

#include <string>
#include <vector>

namespace stead {

/// Static files that the gateway serves before the application sees a request: GET and HEAD of
/// what there is in a folder. What there is not goes to the application. Names that begin with a
/// dot are never served (but for `.well-known`), nor what lies outside of the folder.
///
/// `/css/a.css` may come as `a.css.br` or `a.css.gz` to clients that take it, if those are there.
struct AssetsSpec {
  /// What becomes of the extension `.html`, of `index.html`, and of a slash at the end.
  enum class HtmlHandling {
    auto_trailing_slash,   ///< `/a` is `a.html`, `/b/` is `b/index.html`
    force_trailing_slash,  ///< `/a/` is `a.html`, `/b/` is `b/index.html`
    drop_trailing_slash,   ///< `/a` is `a.html`, `/b` is `b/index.html`
    none,                  ///< paths are names of files
  };
  /// What a client gets that asks for what neither the folder nor a route has.
  enum class NotFound {
    none,                     ///< what the application says
    single_page_application,  ///< `index.html`
    page_404,                 ///< the nearest `404.html`, with the status 404
  };

  std::string directory{};
  HtmlHandling html_handling = HtmlHandling::auto_trailing_slash;
  NotFound not_found = NotFound::none;
  /// `not_found` comes before the application when a browser goes to a page (`Sec-Fetch-Mode:
  /// navigate`), not only where no route is.
  bool not_found_for_navigation = false;
  /// Paths that go to the application although there may be a file: "/api/*". Those that begin
  /// with "!" are exceptions: "!/api/docs/*".
  std::vector<std::string> application_first{};
  /// Globs over the files' names below the folder, as "images/*.png"; no `include` means all.
  std::vector<std::string> include{};
  std::vector<std::string> exclude{};
  /// For files whose name has no hash; those that have one never change.
  std::string cache_control = "public, max-age=0, must-revalidate";
};

}  // namespace stead
