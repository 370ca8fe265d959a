#include "decode/inspect.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "decode/rules.hpp"
#include "decode/settle.hpp"
#include "decode/sniff.hpp"

namespace gannet::decode {
namespace {

std::string hex_digest(const EVP_MD* algorithm, std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), raw, &length, algorithm, nullptr) != 1) {
    throw std::runtime_error("hashing failed");
  }
  std::string text;
  for (unsigned i = 0; i < length; ++i) {
    text += digits[raw[i] >> 4];
    text += digits[raw[i] & 15];
  }
  return text;
}

}  // namespace

Inspector::Inspector(Hash hash)
    : hash_(hash),
      sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free),
      md5_(EVP_MD_fetch(nullptr, "MD5", nullptr), &EVP_MD_free) {
  if (!sha256_ || !md5_) throw std::runtime_error("OpenSSL offers no SHA-256 or MD5");
}

Result<void> Inspector::check_hashes(const Fetched& fetched, Record& record) const {
  const auto bytes = fetched.body.view();
  const auto* expected = fetched.task.row.extras.get();
  const bool promised = expected && !expected->sha256.empty();
  const auto* of_list = fetched.task.options.get();
  const auto hash = of_list ? of_list->hash.value_or(hash_) : hash_;
  if (hash == Hash::sha256 || promised) record.sha256 = hex_digest(sha256_.get(), bytes);
  if (promised && record.sha256 != expected->sha256) return Fault{Reason::hash_mismatch, "sha256 " + record.sha256};
  if (expected && !expected->md5.empty()) {
    const auto md5 = hex_digest(md5_.get(), bytes);
    if (md5 != expected->md5) return Fault{Reason::hash_mismatch, "md5 " + md5};
  }
  return {};
}

std::string Inspector::sha256(std::string_view bytes) const { return hex_digest(sha256_.get(), bytes); }

Finished Inspector::inspect(Fetched fetched, const Rules& rules) const {
  Finished finished;
  finished.key = fetched.task.row.key;
  Record& record = finished.record = std::move(fetched.record);
  record.bytes = fetched.body.size();
  finished.extension = "bin";

  const auto image = sniff(fetched.body.view());
  if (image) {
    record.format = name(image->format);
    record.width = image->width;
    record.height = image->height;
    finished.extension = extension(image->format);
  }
  // First the rules that may have ended the transfer early, so that the verdict is the same wherever they were asked.
  auto verdict = check(rules, fetched.body.view(), image);
  if (verdict) verdict = check_hashes(fetched, record);
  if (verdict) {
    finished.body = std::move(fetched.body);
  } else {
    fail(finished, verdict.error());
  }
  return finished;
}

}  // namespace gannet::decode
