#include "cli/project_assets.h"

namespace stead {

namespace {

AssetsSpec::HtmlHandling html_handling_of(std::string_view name) {
  using enum AssetsSpec::HtmlHandling;
  if (name == "force-trailing-slash") return force_trailing_slash;
  if (name == "drop-trailing-slash") return drop_trailing_slash;
  return name == "none" ? none : auto_trailing_slash;
}

AssetsSpec::NotFound not_found_of(std::string_view name) {
  using enum AssetsSpec::NotFound;
  if (name == "single-page-application") return single_page_application;
  return name == "404-page" ? page_404 : none;
}

}  // namespace

std::optional<AssetsSpec> assets_of(const Project& project) {
  if (!project.assets) return std::nullopt;
  const auto& assets = *project.assets;
  const bool prefers = project.has_flag("assets_navigation_prefers_asset_serving") ||
                       project.compatible_since("2025-04-01");
  return AssetsSpec{
      .directory = assets.directory,
      .html_handling = html_handling_of(assets.html_handling),
      .not_found = not_found_of(assets.not_found_handling),
      .not_found_for_navigation = prefers && !project.has_flag("assets_navigation_has_no_effect"),
      .application_first = assets.worker_first,
      .include = assets.include,
      .exclude = assets.exclude,
  };
}

}  // namespace stead
