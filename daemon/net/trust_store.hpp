// Which certificate authorities are trusted: those of the operator's file, or the system's. The same for all lanes.
//
// Reading the system's costs some 50 ms and a megabyte. So it is done when the first connection over TLS needs it, on a
// thread of its own: no lane waits for it, and a list of plain http never pays.
#pragma once

#include <openssl/types.h>

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "core/reason.hpp"
#include "net/byte_stream.hpp"

namespace gannet::net {

/// One object a lane; lane thread only.
class TrustStore {
 public:
  /// An empty path stands for the system's. The operator's file is read here: throws std::runtime_error when it cannot
  /// be.
  explicit TrustStore(std::filesystem::path ca_file);

  /// Never null. Fault: `tls_failed` when the system's certificates cannot be read.
  Task<Result<std::shared_ptr<X509_STORE>>> get();

 private:
  std::filesystem::path ca_file_;
  std::shared_ptr<X509_STORE> store_;
  std::optional<boost::asio::thread_pool> reader_;
};

}  // namespace gannet::net
