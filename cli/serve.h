#pragma once

namespace stead {

class App;

/// The command line of an application: `serve`, `object …`, `version`, `--help`. Gives the exit
/// status for `main`: 0 for success, 1 for a failure that was told on stderr, 2 for wrong usage.
///
///     int main(int argc, char** argv) {
///       stead::App app;
///       app.add<Counter>("Counter");
///       app.route("/counter/{name}/*", "Counter");
///       return stead::serve(app, argc, argv);
///     }
int serve(const App& app, int argc, char** argv);

}  // namespace stead
