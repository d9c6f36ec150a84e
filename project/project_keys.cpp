#include "project/project_keys.h"

#include <algorithm>
#include <array>

namespace stead {

namespace {

using enum Inheritance;
using enum ProjectKey::Use;

constexpr auto table = std::to_array<ProjectKey>({
    {"name", inherited, read},
    {"main", inherited, read},
    {"account_id", inherited, read},
    {"compatibility_date", inherited, read},
    {"compatibility_flags", inherited, read},
    {"migrations", inherited, read},
    {"exports", inherited, read},
    {"assets", inherited, read},
    {"build", inherited, read},
    {"triggers", inherited, read},
    {"routes", inherited, read},
    {"route", inherited, read},
    {"limits", inherited, read},
    {"vars", own, read},
    {"durable_objects", own, read},
    {"d1_databases", own, read},
    {"r2_buckets", own, read},
    {"kv_namespaces", own, read},
    {"site", top, read},
    {"dev", top, read},
    {"env", top, read},

    {"$schema", top, ignored},
    {"alias", inherited, ignored},
    {"base_dir", inherited, ignored},
    {"cache", inherited, ignored},
    {"compliance_region", inherited, ignored},
    {"define", own, ignored},
    {"dependencies_instrumentation", inherited, ignored},
    {"find_additional_modules", inherited, ignored},
    {"first_party_worker", inherited, ignored},
    {"jsx_factory", inherited, ignored},
    {"jsx_fragment", inherited, ignored},
    {"keep_names", inherited, ignored},
    {"keep_vars", top, ignored},
    {"legacy_env", top, ignored},
    {"logpush", inherited, ignored},
    {"minify", inherited, ignored},
    {"no_bundle", inherited, ignored},
    {"observability", inherited, ignored},
    {"placement", inherited, ignored},
    {"preserve_file_names", inherited, ignored},
    {"preview_urls", inherited, ignored},
    {"previews", inherited, ignored},
    {"python_modules", inherited, ignored},
    {"rules", inherited, ignored},
    {"send_metrics", top, ignored},
    {"streaming_tail_consumers", own, ignored},
    {"tail_consumers", own, ignored},
    {"tsconfig", inherited, ignored},
    {"upload_source_maps", inherited, ignored},
    {"workers_dev", inherited, ignored},

    {"ai", own, absent},
    {"ai_search", own, absent},
    {"analytics_engine_datasets", own, absent},
    {"browser", own, absent},
    {"cloudchamber", own, absent},
    {"containers", own, absent},
    {"data_blobs", top, absent},
    {"dispatch_namespaces", own, absent},
    {"hyperdrive", own, absent},
    {"images", own, absent},
    {"logfwdr", own, absent},
    {"media", own, absent},
    {"mtls_certificates", own, absent},
    {"pages_build_output_dir", top, absent},
    {"pipelines", own, absent},
    {"queues", own, absent},
    {"ratelimits", own, absent},
    {"secrets", own, absent},
    {"secrets_store_secrets", own, absent},
    {"send_email", own, absent},
    {"services", own, absent},
    {"text_blobs", top, absent},
    {"unsafe", own, absent},
    {"unsafe_hello_world", own, absent},
    {"vectorize", own, absent},
    {"version_metadata", own, absent},
    {"vpc_services", own, absent},
    {"wasm_modules", top, absent},
    {"worker_loaders", own, absent},
    {"workflows", own, absent},
});

}  // namespace

const ProjectKey* find_project_key(std::string_view name) {
  const auto found = std::ranges::find(table, name, &ProjectKey::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace stead
