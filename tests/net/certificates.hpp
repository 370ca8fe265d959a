// Certificates made on the spot, and the server side's TLS context and the client's trust file made from them.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace gannet::net {

struct Certificate {
  std::unique_ptr<X509, decltype(&X509_free)> x509{nullptr, &X509_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, &EVP_PKEY_free};
};

struct CertificateWish {
  std::string name = "localhost";
  std::string extension = "DNS:localhost";  // subjectAltName; empty: the certificate is an authority
  long valid_from = -1;                     // days from today
  long valid_to = 1;
  const Certificate* issuer = nullptr;  // null: signed by itself
  unsigned rsa_bits = 0;                // 0: P-256
};

inline Certificate make_certificate(const CertificateWish& wish) {
  constexpr long day = 24 * 3600;
  Certificate made;
  made.key.reset(wish.rsa_bits ? EVP_RSA_gen(wish.rsa_bits) : EVP_EC_gen("P-256"));
  made.x509.reset(X509_new());
  X509* x509 = made.x509.get();
  X509_set_version(x509, X509_VERSION_3);
  static long serial = 0;
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), wish.valid_from * day);
  X509_gmtime_adj(X509_getm_notAfter(x509), wish.valid_to * day);
  const auto* name = reinterpret_cast<const unsigned char*>(wish.name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8, name, -1, -1, 0);
  X509_set_issuer_name(x509, X509_get_subject_name(wish.issuer ? wish.issuer->x509.get() : x509));
  X509_set_pubkey(x509, made.key.get());
  const bool authority = wish.extension.empty();
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, authority ? NID_basic_constraints : NID_subject_alt_name,
                          authority ? "critical,CA:TRUE" : wish.extension.c_str());
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  if (X509_sign(x509, wish.issuer ? wish.issuer->key.get() : made.key.get(), EVP_sha256()) == 0) {
    throw std::runtime_error("no certificate");
  }
  return made;
}

inline Certificate make_authority() {
  CertificateWish wish;
  wish.name = "test authority";
  wish.extension.clear();
  return make_certificate(wish);
}

using ServerTls = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

inline ServerTls make_server_tls(const Certificate& certificate) {
  ServerTls context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (SSL_CTX_use_certificate(context.get(), certificate.x509.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), certificate.key.get()) != 1) {
    throw std::runtime_error("no server context");
  }
  return context;
}

/// A PEM file with one certificate, as `fetch.tls.ca_file` takes it; gone with the object.
class TrustFile {
 public:
  explicit TrustFile(const Certificate& trusted) {
    std::string name = (std::filesystem::temp_directory_path() / "gannet-trust-XXXXXX").string();
    const int descriptor = ::mkstemp(name.data());
    if (descriptor < 0) throw std::runtime_error("no trust file");
    FILE* file = ::fdopen(descriptor, "w");
    PEM_write_X509(file, trusted.x509.get());
    std::fclose(file);
    path_ = name;
  }
  TrustFile(const TrustFile&) = delete;
  TrustFile& operator=(const TrustFile&) = delete;
  ~TrustFile() { std::filesystem::remove(path_); }

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace gannet::net
