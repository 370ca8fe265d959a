// A hash of text that nobody outside can aim at: SipHash with a key made at random for each object. For tables of what
// lists and servers say; not for anything that is written down. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

struct evp_mac_ctx_st;

namespace gannet {

struct Hash128 {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

class KeyedHash {
 public:
  /// Throws std::runtime_error when OpenSSL has no SipHash or no random numbers.
  KeyedHash();

  Hash128 operator()(std::string_view text);

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  std::array<unsigned char, 16> key_{};
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

}  // namespace gannet
