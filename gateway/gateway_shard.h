#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "actors/node.h"
#include "gateway/assets.h"
#include "gateway/connection_count.h"
#include "gateway/error_page.h"
#include "gateway/http_date.h"
#include "gateway/name_cache.h"
#include "gateway/router.h"
#include "gateway/trusted_proxies.h"
#include "runtime/config.h"

namespace stead {

class HttpSession;

/// What the connections of one shard share.
///
/// Thread: the shard's. Owner: its listener, which outlives every open connection.
struct GatewayShard {
  GatewayShard(Node& of, std::size_t index, const Router& routes, ConnectionCount& count,
               const App& app)
      : node(of),
        loop(of.loop(index)),
        host(of.host(index)),
        router(routes),
        limits(of.config().http),
        clock(of.environment().clock),
        connections(count),
        date(clock),
        proxies(limits.trusted_proxies),
        errors(of.environment().random, of.log()),
        workers(of.workers(index)) {
    if (app.assets()) assets.emplace(*app.assets());
  }

  /// The workers in turn; null if there are none.
  const ObjectAddress* fallback() {
    return workers.empty() ? nullptr : &workers[next_worker++ % workers.size()];
  }

  Node& node;
  boost::asio::io_context& loop;
  Host& host;
  const Router& router;
  const HttpLimits& limits;
  Clock& clock;
  ConnectionCount& connections;
  HttpDate date;
  const TrustedProxies proxies;
  ErrorPages errors;
  NameCache names;
  const std::vector<ObjectAddress> workers;
  std::size_t next_worker = 0;
  std::optional<Assets> assets;
  /// Open connections, held here and by whatever they wait for.
  std::list<std::shared_ptr<HttpSession>> sessions;
  bool stopping = false;
};

}  // namespace stead
