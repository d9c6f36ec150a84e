#include "bench/node/page_cache_meter.h"

#include <sqlite3.h>

#include <atomic>
#include <stdexcept>

namespace stead {

namespace {

sqlite3_mem_methods allocator;
sqlite3_pcache_methods2 cache;
std::atomic<std::int64_t> held = 0;
thread_local bool in_cache = false;

/// Pages are allocated and freed by the cache's own functions only, so that it is enough to count
/// what happens inside them.
class InCache {
 public:
  InCache() { in_cache = true; }
  ~InCache() { in_cache = outer_; }
  InCache(const InCache&) = delete;
  InCache& operator=(const InCache&) = delete;

 private:
  const bool outer_ = in_cache;
};

/// The heap's header word of a block, and the one in which SQLite's allocator keeps the size.
constexpr std::int64_t overhead = 2 * sizeof(std::size_t);

std::int64_t block_size(void* block) { return block ? allocator.xSize(block) + overhead : 0; }

void* allocate(int size) {
  auto* block = allocator.xMalloc(size);
  if (in_cache) held += block_size(block);
  return block;
}

void release(void* block) {
  if (in_cache) held -= block_size(block);
  allocator.xFree(block);
}

void* resize(void* block, int size) {
  const auto before = block_size(block);
  auto* moved = allocator.xRealloc(block, size);
  if (in_cache && moved) held += block_size(moved) - before;
  return moved;
}

sqlite3_pcache* create(int page, int extra, int purgeable) {
  const InCache scope;
  return cache.xCreate(page, extra, purgeable);
}
void resize_cache(sqlite3_pcache* pages, int size) {
  const InCache scope;
  cache.xCachesize(pages, size);
}
sqlite3_pcache_page* fetch(sqlite3_pcache* pages, unsigned key, int create_flag) {
  const InCache scope;
  return cache.xFetch(pages, key, create_flag);
}
void unpin(sqlite3_pcache* pages, sqlite3_pcache_page* page, int discard) {
  const InCache scope;
  cache.xUnpin(pages, page, discard);
}
void rekey(sqlite3_pcache* pages, sqlite3_pcache_page* page, unsigned from, unsigned to) {
  const InCache scope;
  cache.xRekey(pages, page, from, to);
}
void truncate(sqlite3_pcache* pages, unsigned limit) {
  const InCache scope;
  cache.xTruncate(pages, limit);
}
void destroy(sqlite3_pcache* pages) {
  const InCache scope;
  cache.xDestroy(pages);
}
void shrink(sqlite3_pcache* pages) {
  const InCache scope;
  cache.xShrink(pages);
}

void require(int code) {
  if (code != SQLITE_OK) throw std::runtime_error("SQLite is in use already: cannot measure it");
}

}  // namespace

void PageCacheMeter::install() {
  require(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &allocator));
  auto counting = allocator;
  counting.xMalloc = allocate;
  counting.xFree = release;
  counting.xRealloc = resize;
  require(sqlite3_config(SQLITE_CONFIG_MALLOC, &counting));

  require(sqlite3_config(SQLITE_CONFIG_GETPCACHE2, &cache));
  auto marking = cache;
  marking.xCreate = create;
  marking.xCachesize = resize_cache;
  marking.xFetch = fetch;
  marking.xUnpin = unpin;
  marking.xRekey = rekey;
  marking.xTruncate = truncate;
  marking.xDestroy = destroy;
  marking.xShrink = shrink;
  require(sqlite3_config(SQLITE_CONFIG_PCACHE2, &marking));
}

std::int64_t PageCacheMeter::bytes() { return held; }

}  // namespace stead
