// The decode stage as it is without worker processes: looks at fetched bytes, hashes them, tells what they are, and
// turns them into a finished line, good or bad. Stateless after construction; any thread, usually a lane's.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "core/fetch_task.hpp"
#include "core/settings.hpp"
#include "decode/rules.hpp"

namespace gannet::decode {

class Inspector {
 public:
  explicit Inspector(Hash hash);

  /// `fetched.record.reason` must be none; `rules` are those of its list. The result is `ok` with its bytes, or says
  /// without them which rule they break, or `hash_mismatch`.
  Finished inspect(Fetched fetched, const Rules& rules) const;

  /// Lower-case hex.
  std::string sha256(std::string_view bytes) const;

 private:
  using Digest = std::unique_ptr<evp_md_st, void (*)(evp_md_st*)>;

  Result<void> check_hashes(const Fetched& fetched, Record& record) const;

  Hash hash_;
  Digest sha256_;
  Digest md5_;
};

}  // namespace gannet::decode
