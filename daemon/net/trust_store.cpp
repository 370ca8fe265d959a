#include "net/trust_store.hpp"

#include <openssl/x509_vfy.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <map>
#include <mutex>
#include <stdexcept>

#include "net/certificate_words.hpp"

namespace gannet::net {
namespace {

constexpr const char* bundle = "/etc/ssl/certs/ca-certificates.crt";  // all of Debian's trust in one file

using Store = std::shared_ptr<X509_STORE>;

// What is not in the bundle is looked for where OpenSSL would, which its environment variables change.
bool load_system(X509_STORE* store) {
  const bool whole = !std::getenv("SSL_CERT_FILE") && std::filesystem::exists(bundle);
  return (!whole || X509_STORE_load_file(store, bundle) == 1) && X509_STORE_set_default_paths(store) == 1;
}

Store load(const std::filesystem::path& ca_file) {
  Store store(X509_STORE_new(), &X509_STORE_free);
  const bool loaded =
      store && (ca_file.empty() ? load_system(store.get()) : X509_STORE_load_file(store.get(), ca_file.c_str()) == 1);
  if (loaded) return store;
  const std::string which = ca_file.empty() ? "of the system" : ca_file.string();
  throw std::runtime_error("cannot read the trusted certificates " + which + ": " + tls_trouble());
}

// That of the other lanes, if there is one: it does not change once it is loaded.
Store shared(const std::filesystem::path& ca_file) {
  static std::mutex mutex;
  static std::map<std::filesystem::path, std::weak_ptr<X509_STORE>> loaded;
  const std::lock_guard lock(mutex);
  auto& known = loaded[ca_file];
  auto store = known.lock();
  if (!store) known = store = load(ca_file);
  return store;
}

Task<Store> read(std::filesystem::path ca_file) { co_return shared(ca_file); }

}  // namespace

TrustStore::TrustStore(std::filesystem::path ca_file) : ca_file_(std::move(ca_file)) {
  if (!ca_file_.empty()) store_ = shared(ca_file_);
}

Task<Result<Store>> TrustStore::get() {
  if (store_) co_return store_;
  if (!reader_) reader_.emplace(1);
  try {
    store_ = co_await boost::asio::co_spawn(*reader_, read(ca_file_), boost::asio::use_awaitable);
  } catch (const std::runtime_error& error) {
    co_return Fault{Reason::tls_failed, error.what()};
  }
  co_return store_;
}

}  // namespace gannet::net
