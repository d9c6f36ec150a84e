#pragma once

#include "runtime/app.h"

namespace stead::test {

/// An application whose objects do what the path says:
///
///     /room/{name}/...          Room, see test_app.cpp
///     /call/{name}/{method}     named methods of Room
///     /id/{class}/{id}          by id
///     GET,POST /limited/{name}  only these methods
void fill_test_app(App& app);

}  // namespace stead::test
