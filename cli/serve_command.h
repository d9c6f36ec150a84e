#pragma once

#include "runtime/config.h"

namespace stead {

class App;

/// Serves until SIGTERM or SIGINT; gives the exit status.
///
/// Thread: the main one, before any other exists (it blocks signals for those to come).
int run_serve(const App& app, const Config& config);

}  // namespace stead
