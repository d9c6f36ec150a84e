#include "runtime/namespace_key.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>

#include "base/bytes.h"

namespace stead {

namespace {

using Half = std::array<std::uint8_t, 16>;

Half mac(std::span<const std::uint8_t> key, const void* data, std::size_t size) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             static_cast<const unsigned char*>(data), size, digest.data(), &length) != nullptr);
  Half half{};
  std::copy_n(digest.begin(), half.size(), half.begin());
  return half;
}

ObjectId complete(std::span<const std::uint8_t> key, const Half& base) {
  ObjectId id;
  const Half check = mac(key, base.data(), base.size());
  std::copy(base.begin(), base.end(), id.bytes.begin());
  std::copy(check.begin(), check.end(), id.bytes.begin() + base.size());
  return id;
}

}  // namespace

NamespaceKey::NamespaceKey(std::span<const std::uint8_t> secret) {
  CHECK(SHA256(secret.data(), secret.size(), key_.data()) != nullptr);
}

ObjectId NamespaceKey::id_from_name(std::string_view name) const {
  return complete(key_, mac(key_, name.data(), name.size()));
}

ObjectId NamespaceKey::new_unique_id(Random& random) const {
  Half base{};
  random.fill(base);
  return complete(key_, base);
}

Result<ObjectId> NamespaceKey::id_from_string(std::string_view text) const {
  const auto id = ObjectId::parse(text);
  if (!id) {
    return Error(ErrorCode::type,
                 "an object id is 64 hexadecimal digits: pass what Id::to_string() gave");
  }
  if (!owns(*id)) {
    return Error(ErrorCode::type,
                 "this object id is not valid for this namespace: it was made for another class, "
                 "by another deployment, or invented");
  }
  return *id;
}

bool NamespaceKey::owns(const ObjectId& id) const {
  Half base{};
  std::copy_n(id.bytes.begin(), base.size(), base.begin());
  const ObjectId expected = complete(key_, base);
  return equal_in_constant_time(expected.bytes, id.bytes);
}

}  // namespace stead
