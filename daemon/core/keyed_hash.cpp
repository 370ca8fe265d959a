#include "core/keyed_hash.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>
#include <stdexcept>

namespace gannet {

void KeyedHash::Free::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

KeyedHash::KeyedHash() {
  EVP_MAC* const siphash = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  context_.reset(siphash ? EVP_MAC_CTX_new(siphash) : nullptr);
  EVP_MAC_free(siphash);  // the context holds it
  std::size_t size = sizeof(Hash128);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  const bool works = context_ && RAND_bytes(key_.data(), static_cast<int>(key_.size())) == 1 &&
                     EVP_MAC_init(context_.get(), key_.data(), key_.size(), parameters) == 1;
  if (!works) throw std::runtime_error("OpenSSL has no SipHash, or no random numbers for its key");
}

Hash128 KeyedHash::operator()(std::string_view text) {
  unsigned char bytes[sizeof(Hash128)];
  std::size_t size = 0;
  const bool done = EVP_MAC_init(context_.get(), key_.data(), key_.size(), nullptr) == 1 &&
                    EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size()) &&
                    EVP_MAC_final(context_.get(), bytes, &size, sizeof bytes) && size == sizeof bytes;
  if (!done) throw std::runtime_error("OpenSSL: SipHash failed");
  Hash128 hash;
  std::memcpy(&hash, bytes, sizeof hash);
  return hash;
}

}  // namespace gannet
