#include "config/named.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sys/stat.h>

#include <climits>
#include <memory>

#include "config/values.hpp"
#include "core/disk.hpp"

namespace gannet::config {
namespace {

std::string openssl_trouble() {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  std::string text = reason ? reason : "";
  ERR_clear_error();
  return text;
}

}  // namespace

std::string wrong_with_file(const std::filesystem::path& file) {
  struct stat found {};
  // A pipe would wait here for a writer.
  const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!opened) return "it cannot be read, " + last_error().message();
  return ::fstat(opened.get(), &found) == 0 && S_ISREG(found.st_mode) ? "" : "it is not a file";
}

std::string wrong_with_certificates(const std::filesystem::path& file) {
  auto wrong = wrong_with_file(file);
  if (!wrong.empty()) return wrong;
  // As the connections will read it.
  const std::unique_ptr<X509_STORE, void (*)(X509_STORE*)> store(X509_STORE_new(), &X509_STORE_free);
  if (!store || X509_STORE_load_file(store.get(), file.c_str()) != 1) {
    return "it holds no certificates that can be read (" + openssl_trouble() + ')';
  }
  const auto* objects = X509_STORE_get0_objects(store.get());
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_X509) return {};
  }
  return "it holds lists of revoked certificates alone";
}

bool has_interface(const std::string& server) {
  const auto percent = server.find('%');
  if (percent == std::string::npos) return true;
  const auto zone = server.substr(percent + 1, server.find(']') - percent - 1);
  const auto number = parse_whole(zone);
  char name[IF_NAMESIZE];
  return ::if_nametoindex(zone.c_str()) != 0 ||
         (number && *number <= UINT_MAX && ::if_indextoname(static_cast<unsigned>(*number), name));
}

}  // namespace gannet::config
