#pragma once

// Everything that the author of an application includes, besides "cli/serve.h" in main() and, by
// choice, "runtime/json.h".

#include "runtime/app.h"
#include "runtime/durable_object.h"
